"""What is told and returns no file."""

from decimal import Decimal

from drafts import Line

from injecting.injection import Injection, NoPlace
from sample_submissions.strange import strange_files


def outside_cell(one: Injection) -> None:
    tab = one.rng.choice(("progress", "projects"))
    line = Line("", {"title" if tab == "progress" else "item": "填表人：李晓　审核人：王敏"})
    one.draft.lines[tab].append(line)
    one.claimed.add((tab, id(line)))
    one.expect("outside_cell", tab, line, "title" if tab == "progress" else "item")


def cleaned(one: Injection) -> None:
    line = one.pick("inputs", lambda line: Decimal(line.texts["value"]) >= 1000 and "." not in line.texts["value"])
    line.texts["value"] = one.rng.choice((f"{int(line.texts['value']):,}", line.texts["value"] + line.texts["unit"]))
    one.expect("cleaned", "inputs", line, "value")


def macros_present(one: Injection) -> None:
    if one.draft.bytes_of:
        raise NoPlace
    one.draft.bytes_of = lambda good: strange_files(good)["macros_present"][0]
    one.expect("macros_present", "", None, "")


def cleaned_date(one: Injection) -> None:
    line = one.pick("progress")
    line.texts["expected_on"] = one.rng.choice(("2023.12.30", "12月底", "２０２３年１２月３０日"))
    one.expect("cleaned", "progress", line, "expected_on")
