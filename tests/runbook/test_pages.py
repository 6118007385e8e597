"""`docs/runbook/`, tried as written: every command and every entry of every page, on a home with real submissions.

The flows' steps are called as plain functions; everything else is the command line itself.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from archived import SAMPLES, retyped

from duban import cli
from duban.commands import running
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.quarters import Quarter
from duban.registry.load import load_registry
from duban.settings import REPOSITORY, Settings, parse_clock
from duban.status import status
from duban.warehouse.connection import open_warehouse
from sample_submissions.plainly import Plainly

pytestmark = pytest.mark.engine(seconds=35)
PAGES = REPOSITORY / "docs" / "runbook"
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", flags=re.M | re.S)
Q1, Q2 = Quarter(2023, 1), Quarter(2023, 2)
OPENED, RECEIVED = "2023-03-27T09:00:00+08:00", "2023-04-07T09:00:00+08:00"
SENT = ("武汉", "黄石", "十堰", "神农架林区", "信用处", "法规处")
LOOK_AT = ("doctor", "collect", "rehearse", "remind")  # they end with 1 where there is something to look at


class Desk:
    """A folder as the data team works in it: `schemas/`, `var/`, `sample_submissions/`."""

    def __init__(self, root: Path, steps: Plainly):
        self.root, self.steps, self.said = root, steps, []
        self.home = Home(root / "var")

    def at(self, moment: str) -> Settings:
        return Settings(self.home, self.root / "schemas" / "2023", parse_clock(moment))

    def flow(self, name: str, settings: Settings, quarter: Quarter, dry_run: bool = False, **_) -> object:
        """In the place of `run_flow`: what the flow returns, as far as the command tells of it."""
        told = self.steps(name, settings, quarter, **({"dry_run": True} if dry_run else {}))
        if name == "collect":
            return {"quarter": str(quarter), "left": {}, "mailed": [], "answers": [], "validation": None, **told}
        return [str(path) for path in told] if name == "open_quarter" else told

    def figure(self, reporter: str) -> int:
        """What stands of one input."""
        with open_warehouse(self.home.warehouse) as connection:
            [(number,)] = connection.execute(
                "SELECT entries.number::INTEGER FROM entries JOIN submissions USING (accession)"
                " WHERE key = 'food_batches_sampled' AND field = 'value' AND reporter = ? AND verdict = 'accepted'"
                " ORDER BY submissions.number DESC LIMIT 1",
                [reporter],
            ).fetchall()
        return number


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, validator) -> dict[str, Path]:
    """The desk at each of the points from which pages start, by its name there."""
    root = tmp_path_factory.mktemp("runbook")
    desk = Desk(root / "已布置", Plainly(validator))
    shutil.copytree(REPOSITORY / "schemas", desk.root / "schemas")
    (desk.root / "sample_submissions" / "2023Q1").mkdir(parents=True)
    for name in SENT:
        file = min((SAMPLES / "2023Q1").rglob(f"*{name}*.xlsx"))
        shutil.copy(file, desk.root / "sample_submissions" / "2023Q1")
    copy_keys(SAMPLES / "keys", desk.home.keys)
    desk.steps.open_quarter(desk.at(OPENED), Q1)
    shutil.copytree(desk.root, root / "已收取")
    desk = Desk(root / "已收取", desk.steps)
    shutil.copytree(desk.root / "sample_submissions" / "2023Q1", desk.home.intake / "2023Q1")
    desk.steps.collect(desk.at(RECEIVED), Q1)
    shutil.copytree(desk.root, root / "已发布")
    desk = Desk(root / "已发布", desk.steps)
    desk.steps.publish(desk.at(RECEIVED), Q1)
    return {name: root / name for name in ("已布置", "已收取", "已发布")} | {"上一季已发布": root / "已发布"}


@pytest.fixture
def tried(prepared, tmp_path, monkeypatch, validator, capfd):
    """Try a page: every block in its order, each command as it stands; returns the desk afterwards."""

    def page(name: str, mended=lambda desk: {}) -> Desk:
        text = (PAGES / name).read_text(encoding="utf-8")
        start = re.search(r"<!-- 起点：(.*) -->", text)[1]
        root = shutil.copytree(prepared[start], tmp_path / "desk")
        desk = Desk(root, Plainly(validator))
        words = mended(desk)
        monkeypatch.chdir(root)
        monkeypatch.setenv("DUBAN_SCHEMAS", "schemas/2023")
        monkeypatch.delenv("DUBAN_HOME", raising=False)
        monkeypatch.setattr(running, "run_flow", desk.flow)
        for indent, kind, block in BLOCK.findall(text):
            block = re.sub(rf"^{indent}", "", block, flags=re.M)
            if kind == "yaml":
                add(root, block, words)
            elif re.search("^cd ", block, flags=re.M):
                by_shell(root, block)
            else:
                for line in block.splitlines():
                    desk.said.append(one(root, line, capfd))
        return desk

    return page


def add(root: Path, block: str, words: dict[str, object]) -> None:
    """Put entries at the end of the file that their first line names."""
    for word, value in words.items():
        block = block.replace(f"{{{word}}}", str(value))
    path = root / re.match(r"# (\S+)", block)[1]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.removesuffix("[]\n") + block.partition("\n")[2], encoding="utf-8")
    assert yaml.safe_load(path.read_text(encoding="utf-8"))[-1] == yaml.safe_load(block)[-1]


def one(root: Path, line: str, capfd) -> str:
    """One command of a page, in this process where it is ours; what it said."""
    words = line.split()
    if words[0] != "duban":
        subprocess.run(["bash", "-euo", "pipefail", "-c", line], cwd=root, check=True)
        return ""
    capfd.readouterr()
    code = cli.run([word.strip("'") for word in words[1:]])
    out, error = capfd.readouterr()
    assert code == 0 or (code == 1 and words[1] in LOOK_AT), f"{line}\n{out}\n{error}"
    return out


def by_shell(root: Path, block: str) -> None:
    """Commands that walk between folders, in a shell of their own."""
    shim = root.parent / "bin" / "duban"
    shim.parent.mkdir(exist_ok=True)
    shim.write_text('#!/bin/sh\nexec "$PYTHON" -m duban "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    block = re.sub(r"^(duban doctor.*)$", r"\1 || [ $? = 1 ]", block, flags=re.M)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=root,
        env=os.environ
        | {
            "PATH": f"{shim.parent}:{os.environ['PATH']}",
            "PYTHON": sys.executable,
            "PYTHONPATH": str(REPOSITORY),
            "DUBAN_SCHEMAS": str(root / "schemas" / "2023"),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"


def states(desk: Desk, quarter: Quarter) -> dict[str, str]:
    registry = load_registry(desk.root / "schemas" / "2023")
    told = status(desk.home, registry, quarter, parse_clock("2023-12-31T09:00:00+08:00"))
    return {row["name"]: row["state"] for row in told["reporters"]}


def test_every_page_is_listed_and_starts_somewhere():
    pages = {path.name for path in PAGES.glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", (PAGES / "README.md").read_text(encoding="utf-8"))) == pages
    tested = {f"{name.removeprefix('test_page_').replace('_', '-')}.md" for name in globals() if "test_page_" in name}
    assert tested == pages


def test_page_opening(tried):
    desk = tried("opening.md")
    assert set(states(desk, Q2).values()) == {"missing"} and len(states(desk, Q2)) == 60


def test_page_cannot_open(tried):
    desk = tried("cannot-open.md")
    [again] = (desk.home.outbox / "2023Q1" / "420100").glob("2023Q1-420100-武汉.xlsx")
    assert again.read_bytes() == (desk.root / "坏的.xlsx").read_bytes()


def test_page_wrong_form(tried):
    desk = tried("wrong-form.md")
    with open_warehouse(desk.home.warehouse) as connection:
        issued = connection.execute(
            "SELECT count(*) > 1, count(*) FROM (SELECT reporter, count(*) AS n FROM templates GROUP BY ALL) GROUP BY n"
        ).fetchall()
    assert len(issued) == 2  # some were issued another one, some were not


@pytest.mark.slow
def test_page_published_figure(tried):
    def mended(desk: Desk) -> dict[str, object]:
        [first] = (desk.root / "sample_submissions" / "2023Q1").glob("*武汉*.xlsx")
        retyped(first, desk.root / "改好的.xlsx", "food_batches_sampled", desk.figure("420100") - 1)
        return {"黄石的数": desk.figure("420200"), "黄石的新数": desk.figure("420200") - 1}

    desk = tried("published-figure.md", mended)
    assert sorted(path.name for path in desk.home.published.iterdir()) == ["2023Q1-r1", "2023Q1-r2"]


def test_page_reporters(tried):
    desk = tried("reporters.md")
    before, after = states(desk, Q1), states(desk, Q2)
    assert set(before) - set(after) == {"信用处", "信息中心"} and set(after) - set(before) == {
        "省物品编码中心",
        "数据中心",
    }
    assert [path.name for path in desk.home.published.iterdir()] == ["2023Q1-r1"]


@pytest.mark.slow
def test_page_wrong_rule(tried):
    desk = tried("wrong-rule.md")
    assert [path.name for path in desk.home.published.iterdir()] == ["2023Q1-r1"]


@pytest.mark.slow
def test_page_restoring(tried):
    desk = tried("restoring.md")
    [backup] = (desk.root / "备份").glob("20*")
    assert (backup / "恢复到" / "var" / "published" / "2023Q1-r1" / "2023Q1-r1.xlsx").exists()
