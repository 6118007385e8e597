"""Rules, code, wordings and documentation are one and the same, in both directions."""

import ast
import inspect
import json
import re
from decimal import Decimal
from pathlib import Path
from string import Formatter

import openpyxl
import pytest
from desk import OPENED, Q1

from duban import reading, rulebook, rulebook_text
from duban.checking import earlier, settle
from duban.checking.find import CHECKS as SQL_CHECKS
from duban.checking.rules import CHECKS
from duban.cli import run
from duban.fillin.form import Prefill, form_of
from duban.fillin.keys import key_ring
from duban.fillin.layout import BY_TABLE
from duban.fillin.workbook import write_fill_in
from duban.messages import Rule, load_messages
from duban.registry.doubts import Doubts
from duban.registry.load import load_registry
from duban.registry.shapes import Check, Limits
from duban.rulebook import vocabulary
from duban.settings import REPOSITORY
from duban.warehouse.connection import SQL

PAGE = (REPOSITORY / "docs" / "rules.md").read_text(encoding="utf-8")
PLAN = REPOSITORY / "docs" / re.search(r"\]\((\.\./schemas/\w+)\)", PAGE)[1]  # the plan that the page is about
MODULES = [*Path(reading.__file__).parent.glob("*.py"), Path(settle.__file__)]
CODES = set(load_messages())


@pytest.fixture(scope="module")
def registry():
    return load_registry(PLAN)


@pytest.fixture(scope="module")
def records(registry):
    return rulebook.rulebook(registry)


def told(capsys, *arguments) -> list[dict]:
    assert run(["rules", "--json", "--schemas", str(PLAN), *arguments]) == 0
    return json.loads(capsys.readouterr().out)["rules"]


def raised() -> set[str]:
    """Every code that the code can raise: of general checks, of SQL, and of reading and settling. There, what is given
    to a fault as its rule counts, whether we know it or not, and every literal that is a code of ours."""
    found = {rule for kinds in CHECKS.values() for rule in kinds.values()} | set(SQL_CHECKS)
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Fault", "Refused", "refuse"):
                rule = node.args[0] if node.args else None
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "StampFault":
                rule = node.args[1]
            else:
                rule = node if getattr(node, "value", None) in CODES else None
            if isinstance(rule, ast.Constant):
                found.add(rule.value)
    return found


def test_wordings_code_list_and_documentation_have_the_same_rules(capsys):
    assert raised() == CODES
    assert {record["code"] for record in told(capsys)} == CODES
    assert re.findall(r"^#### (\S+)", PAGE, re.MULTILINE) == [record["code"] for record in told(capsys)]


def test_the_committed_page_is_the_one_that_the_command_writes(tmp_path, monkeypatch):
    """If this fails, run `duban rules --to docs/rules.md`."""
    (tmp_path / "schemas").symlink_to(PLAN.parent.resolve())
    monkeypatch.chdir(tmp_path)
    assert run(["rules", "--to", "docs/rules.md", "--schemas", f"schemas/{PLAN.name}"]) == 0
    assert (tmp_path / "docs" / "rules.md").read_text(encoding="utf-8") == PAGE


def test_every_link_of_the_page_leads_to_the_line_that_it_speaks_of(registry):
    links = re.findall(r"^  - \[第(\d+)项 [^\]]*\]\(([^)#]+)#L(\d+)\) (`[^`]+`)", PAGE, re.MULTILINE)
    assert len(links) == PAGE.count("  - [第") > 80
    for item, link, line, code in links:
        text = (REPOSITORY / "docs" / link).read_text(encoding="utf-8").splitlines()
        assert f"item: {item}" in text
        if any(word in text[int(line) - 1] for word in ("never_falls", "not_above")):
            assert code.strip("`") in text[int(line) - 1]
        else:
            assert "limits" in text[int(line) - 1] or re.match(r"\s+(min|max|decimals):", text[int(line) - 1])


def test_every_check_and_limit_that_an_item_writes_is_in_the_list_once(registry, records):
    written = [line for record in records for line in record.items]
    checks = [(item.item, check.severity) for item in registry.items for check in item.checks]
    assert sorted((line.item, line.severity) for line in written if line.limit is None) == sorted(checks)
    limits = sum(len(measure.limits.model_fields_set) for item in registry.items for measure in item.measures.values())
    assert len([line for line in written if line.limit is not None]) == limits


def test_an_items_line_is_found_wherever_it_stands(desk_with):
    text = """item: 7
name: share
chapter: 1
title: 提高占比
summary: 提高占比。
lead: [办公室]
local: ["A1"]
measures:
  share: {title: 占比, unit: 个, figures: to_date, reported_by: [local], aggregate: sum,
          limits: {max: 1.5, decimals: 1}}
  whole: {title: 总数, unit: 个, figures: to_date, reported_by: [local], aggregate: sum}
checks:
  # the first one
  - severity: confirm
    because: 口径调整
    never_falls: share
  - {not_above: [share, whole]}
"""
    lines = {
        record.code: [
            (line.line, line.word, line.inputs, line.severity, line.limit, line.because) for line in record.items
        ]
        for record in rulebook.rulebook(desk_with(text))
        if record.items
    }
    assert lines["figure_falls"] == [(16, "never_falls", ("share",), "confirm", None, "口径调整")]
    assert lines["part_above_whole"] == [(17, "not_above", ("share", "whole"), "must_fix", None, None)]
    of_item = {code: [line for line in found if line[2] == ("share",)] for code, found in lines.items()}
    assert of_item["figure_above_maximum"] == [(10, "max", ("share",), "must_fix", Decimal("1.5"), None)]
    assert of_item["figure_too_precise"] == [(10, "decimals", ("share",), "must_fix", 1, None)]


def test_every_threshold_is_of_a_rule_that_asks_for_it_and_every_rule_that_asks_has_one(registry, records):
    asked: dict[str, set[str]] = {}
    for path in (SQL / "queries").rglob("*.sql"):
        for rule, word in re.findall(r"threshold\('(\w+)', '(\w+)'\)", path.read_text(encoding="utf-8")):
            asked.setdefault(rule, set()).add(word)
    # copies are searched in the warehouse, which is told what it takes
    searching = inspect.getsource(earlier)
    assert "told = registry.doubts.text_copied" in searching
    asked["text_copied"] |= set(re.findall(r"\btold\.(\w+)", searching))
    measured = {record.code: set(record.thresholds) for record in records if record.thresholds}
    assert set(Doubts.model_fields) == set(measured) <= CODES
    assert {record.rule.severity for record in records if record.thresholds} == {"confirm"}
    assert all(record.because for record in records if record.thresholds)
    # words are no figures: they are read as such, not asked for by name
    assert asked == {rule: words for rule, words in measured.items() if words != {"words"}}


def test_the_vocabulary_has_a_word_for_everything_and_no_other(records):
    words = vocabulary()
    texts = [text for rule in load_messages().values() for text in (rule.found, rule.wanted, rule.do, rule.explain)]
    slots = {name for text in texts if text for _, name, _, _ in Formatter().parse(text) if name}
    assert set(words.slots) == slots
    assert set(words.scopes) == set(Rule.model_fields["scope"].annotation.__args__)
    thresholds = {word for record in records for word in record.thresholds}
    assert set(words.thresholds) == thresholds
    assert set(words.lines) == {*Limits.model_fields, *set(Check.model_fields) - {"severity", "because"}}
    assert list(words.expectations) == list(CHECKS)
    assert [words.scopes[table] for table in BY_TABLE] == [sheet.title for sheet in BY_TABLE.values()]


def test_every_rule_has_a_short_title_of_its_own():
    titles = [rule.title for rule in load_messages().values()]
    assert [code for code, rule in load_messages().items() if not 2 <= len(rule.title) <= 12] == []
    assert len(set(titles)) == len(titles)


def test_the_template_tells_every_rule_that_would_return_it(registry, tmp_path):
    """Of each table: what is wanted, where that speaks of more than one cell, and why."""
    reporter = registry.reporters[0]
    form = form_of(registry, Q1, reporter, Prefill()).issue(OPENED, key_ring(tmp_path / "keys", create=True))
    write_fill_in(tmp_path / "form.xlsx", form)
    sheet = openpyxl.load_workbook(tmp_path / "form.xlsx", read_only=True)["填报说明"]
    text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    for code, rule in load_messages().items():
        if rule.severity in ("must_fix", "confirm") and rule.scope in ("sheet", *BY_TABLE):
            assert rule.reason in text, code
            assert "{" in rule.wanted or rule.wanted in text, code


def test_one_rule_is_told_with_all_that_is_known_of_it(capsys, monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    [record] = told(capsys, "figure_falls")
    rule = load_messages()["figure_falls"]
    assert {word: record[word] for word in ("code", "severity", "scope", "found", "wanted", "do", "reason")} == {
        **{word: getattr(rule, word) for word in ("severity", "scope", "found", "wanted", "do", "reason")},
        "code": "figure_falls",
    }
    first = record["items"][0]
    assert {"item", "file", "line", "inputs", "severity"} <= set(first)
    assert run(["rules", "figure_falls", "--schemas", str(PLAN)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"figure_falls  {rule.title}\n")
    assert f"{PLAN.resolve().relative_to(REPOSITORY)}/{first['file']}:{first['line']}" in said
    assert "{" not in said


def test_a_threshold_stands_in_the_rule_that_it_measures(records):
    jump = rulebook.rule_named(records, "figure_jumps")
    assert f"{jump.thresholds['times']} 倍以上" in jump.readable(jump.rule.wanted)
    alike = rulebook.rule_named(records, "text_repeated")
    assert f"{alike.thresholds['alike'] * 100:.0f}%" in alike.measured
    assert f"{alike.thresholds['alike'] * 100:.0f}%" in alike.readable(alike.rule.wanted)


def test_the_list_says_every_rule_on_one_line(capsys, records):
    assert run(["rules", "--schemas", str(PLAN)]) == 0
    said = capsys.readouterr().out
    assert re.findall(r"^    (\w+) ", said, re.MULTILINE) == [record.code for record in records]
    assert f"核验规则 {len(records)} 条" in said


def test_a_rule_that_is_not_there_is_told_in_a_sentence(capsys):
    assert run(["rules", "no_such_rule"]) == 2
    assert (
        capsys.readouterr().err == "没有规则“no_such_rule”：应写规则的代码，如 empty_file，全部代码见 duban rules。\n"
    )
    assert run(["rules", "figure_falls", "--to", "x.md"]) == 2
    assert "--to 写的是全部规则" in capsys.readouterr().err
    assert not Path("x.md").exists()


def test_text_of_the_plan_cannot_become_markup_of_the_page(desk_with):
    text = """item: 7
name: share
chapter: 1
title: "提高<b>|占比"
summary: 提高占比。
lead: [办公室]
local: ["A1"]
measures:
  share: {title: 占比, unit: 个, figures: to_date, reported_by: [local], aggregate: sum}
checks:
  - {never_falls: share, because: "*见* `口径`"}
"""
    registry = desk_with(text)
    page = rulebook_text.page(registry, rulebook.rulebook(registry), "plan")
    assert r"  - [第7项 提高\<b\>\|占比](plan/items/07_share.yaml#L11) `share`（\*见\* \`口径\`）" in page.splitlines()
