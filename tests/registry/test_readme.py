"""`schemas/README.md` documents every word of every file, and no word that is not there."""

import re
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest

from duban.registry import contacts, doubts, ledgers, shapes
from duban.registry.crosscheck import ROLE_WORDS

README = (Path(__file__).parents[2] / "schemas" / "README.md").read_text(encoding="utf-8")

RECORDS = {
    "plan.yaml": shapes.Plan,
    "plan.yaml: chapters": shapes.Chapter,
    "plan.yaml: lights": shapes.Lights,
    "reporters.yaml": shapes.Reporter,
    "groups.yaml": shapes.Group,
    "items/NN_name.yaml": shapes.Item,
    "items/NN_name.yaml: deliverables": shapes.Deliverable,
    "items/NN_name.yaml: measures": shapes.Measure,
    "items/NN_name.yaml: numerator, denominator": shapes.Part,
    "items/NN_name.yaml: target": shapes.Target,
    "items/NN_name.yaml: limits": shapes.Limits,
    "items/NN_name.yaml: checks": shapes.Check,
    "targets.csv": shapes.Share,
    "doubts.yaml": doubts.Doubts,
    "doubts.yaml: figure_jumps": doubts.Jump,
    "doubts.yaml: figure_outlies": doubts.Outlier,
    "doubts.yaml: text_repeated, text_copied": doubts.Likeness,
    "doubts.yaml: text_disagrees": doubts.Disagreement,
    "doubts.yaml: text_says_nothing": doubts.Words,
    "extensions.yaml": ledgers.Extension,
    "waivers.yaml": ledgers.Waiver,
    "corrections.yaml": ledgers.Correction,
    "contacts.yaml": contacts.Contacts,
    "contacts.yaml: reminders": contacts.Rhythm,
    "contacts.yaml: reporters": contacts.Contact,
    "contacts.yaml: to, superior, directors": contacts.Person,
}


def section(heading: str) -> str:
    """The text under a heading, up to the next one."""
    match = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", README, flags=re.M | re.S)
    assert match, f"no heading {heading!r}"
    return match[1]


def documented(heading: str) -> dict[str, bool]:
    """The words in the first column of a section's table, each with whether it is marked as needed."""
    return {word: bool(star) for word, star in re.findall(r"^\| `(\w+)`( \*)? \|", section(heading), flags=re.M)}


def literals(annotation: object) -> set[str]:
    """The words that a type allows, however deep inside."""
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {word for part in get_args(annotation) for word in literals(part)}


@pytest.mark.parametrize("heading", RECORDS)
def test_the_words_under_a_heading_are_those_of_the_record(heading: str):
    fields = RECORDS[heading].__pydantic_fields__
    assert documented(heading) == {name: field.is_required() for name, field in fields.items()}


@pytest.mark.parametrize("heading", RECORDS)
def test_every_value_that_a_word_allows_is_told(heading: str):
    text = section(heading)
    for name, field in RECORDS[heading].__pydantic_fields__.items():
        allowed = literals(field.annotation) | {word for part in field.metadata for word in literals(part)}
        assert {word for word in allowed if f"`{word}`" not in text} == set(), name


def test_every_record_has_its_heading_and_every_heading_with_a_table_its_record():
    ours = {
        record
        for parent in (shapes.Record, ledgers.Granted)
        for record in parent.__subclasses__()
        if record.__module__ in {module.__name__ for module in (shapes, doubts, ledgers, contacts)}
        and not record.__subclasses__()
    }
    assert set(RECORDS.values()) == ours | {shapes.Reporter}  # the only one that is no pydantic model
    headings = re.findall(r"^#{2,} (.+)$", README, flags=re.M)
    assert headings == [*RECORDS, "limits.yaml"]  # which is no plan's; tests/reading/test_limits.py knows it


def test_the_words_for_who_reports_are_told():
    assert all(f"`{word}`" in section("items/NN_name.yaml: measures") for word in ROLE_WORDS)
