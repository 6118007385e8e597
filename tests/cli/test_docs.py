"""The documentation is under test: what it names exists, and what exists it names."""

import re

import click
import pytest

from duban.cli import cli
from duban.limits import load_limits
from duban.settings import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
GLOSSARY = (REPOSITORY / "docs" / "glossary.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md"), REPOSITORY / "schemas" / "README.md"]
)
MAKE_TARGETS = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def name_of(path):
    return path.relative_to(REPOSITORY).as_posix()


def code_of(path) -> str:
    """What stands between backquotes in a document, inline and in blocks."""
    text = path.read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))


def test_the_readme_names_every_command_and_no_other():
    assert set(re.findall(r"^\| `duban ([a-z]+)", README, re.MULTILINE)) == set(cli.commands)


def test_the_readme_names_every_option_and_no_other():
    options = {
        option
        for command in [cli, *cli.commands.values()]
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    }
    table = README.partition("## Commands")[2].partition("## On a server")[0]
    assert set(re.findall(r"`(--[a-z-]+)", table)) == options | {"--help"}


def test_the_data_teams_manual_uses_every_command_but_plan():
    manual = code_of(REPOSITORY / "docs" / "data-team.md")
    assert set(re.findall(r"\bduban ([a-z]+)", manual)) == set(cli.commands) - {"plan"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_commands_that_a_document_mentions_exist(path):
    code = code_of(path)
    assert set(re.findall(r"(?:^|bin/)duban ([a-z]+)", code, re.MULTILINE)) <= set(cli.commands)
    assert set(re.findall(r"(?:^|\s)make ([a-z]+)", code)) <= MAKE_TARGETS


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert missing == []


def test_every_document_is_reachable_from_the_readme():
    named = {(REPOSITORY / link).resolve() for link in re.findall(r"\]\(([^)#]+)\)", README)}
    assert {path for path in (REPOSITORY / "docs").glob("*.md") if path.resolve() not in named} == set()


def test_every_exit_code_is_documented():
    from duban import cli as module

    codes = {module.CLEAN, module.LOOK, module.USAGE, module.FAULT, module.INTERRUPTED}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} == codes


def test_the_readme_begins_with_the_two_commands():
    assert re.findall(r"make [a-z]+", README)[:2] == ["make demo", "make test"]


def test_the_glossary_covers_the_identifiers():
    from duban.fillin.layout import PROJECT_STATUSES, ROLES, STATUSES
    from duban.registry import shapes

    words = set(re.findall(r"`([A-Za-z_.]+)`", GLOSSARY))
    fixed = {
        *("plan", "item", "reporter", "role", "measure", "input", "project", "quarter", "obligation", "submission"),
        *("finding", "explanation", "schedule", "light", "publication", "measure.unit", "accession", "verdict"),
        *(
            "accepted",
            "returned",
            "set_aside",
            "missing",
            "green",
            "yellow",
            "red",
            "done",
            "grey",
            "template",
            "stamp",
        ),
    }
    literals = {word for kind in (shapes.Kind, shapes.Role, shapes.Severity) for word in kind.__args__}
    identifiers = fixed | literals | set(STATUSES.values()) | set(PROJECT_STATUSES.values()) | set(ROLES)
    assert identifiers - words == set()


def test_the_glossary_says_what_every_word_is_not():
    rows = [line.strip("| ").split(" | ") for line in GLOSSARY.splitlines() if line.startswith("| `")]
    assert len(rows) > 30
    assert [row[0] for row in rows if len(row) != 4 or "not " not in row[3]] == []


def test_the_security_page_tells_the_limits_that_hold():
    page = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
    told = {}
    for names, numbers in re.findall(r"^\| ((?:`\w+`[^`|]*)+) \| ([\d, ]+) \|", page, re.MULTILINE):
        values = [int(number.replace(",", "")) for number in numbers.split(", ")]
        told |= dict(zip(re.findall(r"`(\w+)`", names), values, strict=True))
    assert told == vars(load_limits())


def test_the_security_page_names_tests_that_are_there():
    page = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:tests|duban|flows|sample_submissions)/[\w/.]+)`", page)
    assert len(paths) > 10 and [path for path in paths if not (REPOSITORY / path).exists()] == []
