"""Faults of structure: of the content of such a file nothing is said."""

from duban.fillin.layout import BY_TABLE, STAMP
from duban.fillin.stamp import sign
from injecting.injection import Injection, Injector
from sample_submissions.strange import STRANGE_FILES, strange_files


def _sheet_missing(one: Injection) -> None:
    tab = one.rng.choice([tab for tab in BY_TABLE if not any(of == tab for of, _ in one.draft.headers)])
    one.draft.dropped.add(BY_TABLE[tab].title)
    one.expect("sheet_missing", tab, None, "")


def _column_missing(one: Injection) -> None:
    tab = one.rng.choice([tab for tab, sheet in BY_TABLE.items() if sheet.title not in one.draft.dropped])
    typed = [column for column in BY_TABLE[tab].columns if column.typed]
    for column in one.rng.sample(typed, one.rng.randint(1, 2)):
        one.draft.headers[tab, column.field] = one.rng.choice(("一季度", "备注栏", "内容"))
        one.expect("column_missing", tab, None, column.header)


def _stamp_altered(one: Injection) -> None:
    word = one.rng.choice(("token", "reporter", "template"))
    one.draft.stamp[word] = one.draft.stamp[word][::-1]
    one.expect("bad_token", "", None, "")


def _stamp_missing(one: Injection) -> None:
    one.draft.dropped.add(STAMP)
    one.expect("no_stamp", "", None, "")


def _stamped(rule: str, word: str, value: str) -> Injector:
    def inject(one: Injection) -> None:
        one.draft.stamp = sign(one.draft.stamp | {word: value}, one.ring)
        one.expect(rule, "", None, "")

    return inject


def _wrong_folder(one: Injection) -> None:
    others = [reporter.code for reporter in one.registry.reporters if reporter != one.draft.form.reporter]
    one.draft.folder = one.rng.choice(others)
    one.expect("wrong_reporter", "", None, "")


def _strange(rule: str) -> Injector:
    def inject(one: Injection) -> None:
        one.draft.bytes_of = lambda good: strange_files(good)[rule][0]
        one.expect(rule, "", None, "")

    return inject


# each list is what may befall one file together
STRUCTURE: list[dict[str, Injector]] = [
    {"sheet_missing": _sheet_missing, "column_missing": _column_missing},
    {"column_missing": _column_missing, "bad_token": _stamp_altered},
    {"sheet_missing": _sheet_missing, "no_stamp": _stamp_missing},
    {"wrong_reporter": _wrong_folder, "wrong_plan": _stamped("wrong_plan", "plan", "hubei-2022")},
    {"wrong_reporter": _wrong_folder, "wrong_quarter": _stamped("wrong_quarter", "quarter", "2022Q4")},
    {"wrong_reporter": _wrong_folder, "stale_template": _stamped("stale_template", "registry", "0" * 64)},
    *({rule: _strange(rule)} for rule in STRANGE_FILES if rule != "macros_present"),
]
