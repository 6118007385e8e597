"""One office's report of a quarter: what it types into which cell, before any workbook is opened."""

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from duban.quarters import Quarter
from duban.registry.registry import Registry
from sample_submissions.figures import RULES, figures_of, words_for
from sample_submissions.narrate import Banks, Writer
from sample_submissions.typing_habits import Hand

_ENDS = [(6, 30), (6, 30), (9, 30), (9, 30), (11, 30), (12, 20), (12, 31), (12, 31)]
EVERYBODY = (33, 21, 3, 32, 2)  # items whose banks hold projects for any office
_DONE = (
    "{s1}已于{day}完成，正在{s2}，计划{ahead}转入{s3}",
    "目前处于{s2}阶段，{s1}全部结束，{ahead}前启动{s3}",
    "{day}完成{s1}；{s2}推进过半，{s3}的准备工作同步开展",
    "{name}本季完成{s1}，{s2}已安排{2-4}人专班推进",
    "{s1}、{s2}按计划实施，{day}召开碰头会明确{s3}时间节点",
)


@dataclass(frozen=True)
class Piece:
    """A project as it stands: `share` is its progress in percent."""

    item: int
    name: str
    owner: str
    due: dt.date
    share: int
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What is typed, by table: {item: {field: typed}}, {input code: {field: typed}}, [{field: typed}]; and the projects
    that the next report will speak of."""

    progress: Mapping[int, Mapping[str, object]]
    inputs: Mapping[str, Mapping[str, object]]
    projects: list[Mapping[str, object]]
    pieces: tuple[Piece, ...]


def report_of(registry: Registry, reporter, quarter: Quarter, cast: dict, banks: Banks, taken: dict) -> Report:
    """`taken` holds all texts written so far, by whomever."""
    figures = figures_of(registry, reporter, quarter, cast)
    rng = random.Random(f"{quarter} {reporter.code} texts")
    writer = Writer(banks, reporter, words_for(figures), taken, rng)
    hand = Hand(reporter.code in cast["casual"], random.Random(f"{quarter} {reporter.code} hand"))
    nothing = cast["not_applicable"].get(reporter.code, {})
    asked = {registry.inputs[code].item for code in figures}
    progress = {}
    for item, role in registry.owed_items[reporter.code]:
        if item.item in cast["done"].get(reporter.code, ()):
            status = "已完成"
        elif item.item in nothing:
            status = "不适用"
        else:
            status = _status(role, rng, item.item in asked)
        progress[item.item] = _progress(item, status, role, writer, hand, quarter)
        if item.item in nothing:
            progress[item.item]["explanation"] = nothing[item.item]
    inputs = _inputs(registry, figures, nothing, writer, hand)
    projects, pieces = zip(*_projects(registry, writer, hand, cast), strict=True)
    return Report(progress, inputs, list(projects), pieces)


def _status(role: str, rng: random.Random, has_figures: bool) -> str:
    chance = rng.random()
    if role == "lead" or has_figures or chance > 0.09:
        return "推进中"
    return "已完成" if chance < 0.04 else "未启动"


def _progress(item, status: str, role: str, writer: Writer, hand: Hand, quarter: Quarter) -> dict[str, object]:
    typed: dict[str, object] = {"status": status}
    if status == "不适用":
        return typed
    if status != "未启动":
        typed["done"] = writer.cell(item.item, "done")
    if writer.rng.random() > 0.06:
        typed["problems"] = writer.cell(item.item, "problems")
    typed["next"] = writer.cell(item.item, "next")
    if status == "已完成":
        typed["expected_on"] = hand.date(dt.date(quarter.year, 3, writer.rng.choice((17, 24, 28, 30))))
    elif writer.rng.random() > 0.04:
        due = [Quarter.parse(record.due).end for record in item.deliverables if Quarter.parse(record.due) > quarter]
        month, day = writer.rng.choice(_ENDS)
        typed["expected_on"] = hand.date(max(due) if due and role == "lead" else dt.date(quarter.year, month, day))
    return {
        field: hand.text(value) if field in ("done", "problems", "next") else value for field, value in typed.items()
    }


def _inputs(
    registry: Registry, figures: Mapping[str, Decimal], nothing: tuple, writer: Writer, hand: Hand
) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for code, value in figures.items():
        entry = registry.inputs[code]
        if entry.item in nothing:
            found[code] = {"value": "不适用"}
            continue
        found[code] = {"value": hand.figure(value, entry.unit)}
        has_target = registry.target_of(writer.reporter.code, entry.measure) is not None
        slow = RULES["pace"].get(writer.reporter.code, 1) < 0.6
        if has_target and entry.part != "denominator" and slow and writer.is_prefecture and writer.rng.random() < 0.35:
            title = registry.measures[entry.measure][1].title
            found[code]["explanation"] = writer.unlike("explanation", RULES["explanations"], title=title)
    return found


def _projects(registry: Registry, writer: Writer, hand: Hand, cast: dict) -> list[tuple[dict[str, object], Piece]]:
    """An office's own pieces of its items: 3 to 5 of a prefecture, at least 2 of any other, all that it leads."""
    rng, banks = writer.rng, writer.banks.items
    owed = [item.item for item, _ in registry.owed_items[writer.reporter.code]]
    if writer.is_prefecture:
        items = sorted(rng.sample([n for n in owed if n in banks], rng.randint(3, 5)))
        chosen = [(item, rng.choice(banks[item]["projects"]["local"])) for item in items]
    else:
        named = writer.reporter.name
        chosen = [(n, project) for n in owed for project in banks.get(n, {}).get("projects", {}).get(named, ())]
        for item in rng.sample(EVERYBODY, max(0, rng.randint(2, 3) - len(chosen))):
            chosen.append((item, rng.choice(banks[item]["projects"]["support"])))
    behind = list(cast["behind"].get(writer.reporter.code, ()))
    chosen.sort(key=lambda one: one[0])
    return [_project(item, project, writer, hand, cast, behind) for item, project in chosen]


def _project(
    item: int, project: dict, writer: Writer, hand: Hand, cast: dict, behind: list[str]
) -> tuple[dict[str, object], Piece]:
    """`behind` are the reasons for being past their date that are still to be told."""
    rng, why = writer.rng, None
    share = rng.choice((0, 10, 15, 20, 20, 25, 25, 30, 30, 35, 40, 45, 50, 60, 70, 100))
    name = writer.fill(project["name"])
    steps = project["steps"]
    at = max(share // 25 - 1, 0)
    month, day = rng.choice(_ENDS)
    due = dt.date(2023, month, day)
    if share == 100:
        done = writer.unlike(
            "projects",
            ["{name}{day}全部完成，{last}情况已归档", "{last}于{day}结束，{name}转入常态化管理"],
            name=name,
            last=steps[-1],
        )
        due = dt.date(2023, 3, rng.choice((20, 24, 31)))
    elif share == 0:
        done = writer.unlike(
            "projects",
            ["{name}尚未开始，拟{ahead}先做{s1}", "{s1}所需经费和人员正在落实，{name}预计{ahead}启动"],
            name=name,
            s1=steps[0],
        )
    else:
        words = dict(zip(("s1", "s2", "s3"), [*steps, "资料归档"][at:], strict=False))
        done = writer.unlike("projects", list(_DONE), name=name, **words)
        if share >= 40 and behind:
            due, why = dt.date(2023, 3, 31), behind.pop(0)
    piece = Piece(item, name, owner_of(writer, cast["owners"]), due, share, tuple(steps))
    return project_row(piece, done, why, hand), piece


def project_row(piece: Piece, done: str, why: str | None, hand: Hand, closed: bool = False) -> dict[str, object]:
    """What is typed of a project; `why` it is past its date, or has another one."""
    return {
        "item": piece.item,
        "name": piece.name,
        "owner": piece.owner,
        "due_on": hand.date(piece.due),
        "progress": hand.percent(piece.share),
        "status": "已销号" if closed else {0: "未启动", 100: "已完成"}.get(piece.share, "推进中"),
        "done": done,
        "explanation": why or None,
    }


def owner_of(writer: Writer, names: dict) -> str:
    given = names["given"].split("|")
    return writer.unlike("owners", ["{owner}"], owner=writer.rng.choice(names["surnames"]) + writer.rng.choice(given))
