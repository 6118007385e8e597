"""One office's report of the second quarter on: it goes on from its last one."""

import datetime as dt
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from duban.quarters import Quarter
from duban.registry.registry import Registry
from sample_submissions.figures import figures_of, words_for
from sample_submissions.narrate import Banks, Writer, read
from sample_submissions.report import EVERYBODY, Piece, Report, owner_of, project_row
from sample_submissions.typing_habits import Hand

WORDS = read("later.yaml")
# fragments of a first quarter that would sound odd later: they name a season, or a beginning
_OF_ITS_TIME = re.compile(
    r"[\d一二三四五六七八九十]月|[一二三四首]季|[一二三四]季度|上半年|下半年|半年|全年|年初|春节|节前|端午|五一|六一|七一|3·15"
    r"|学雷锋|三八|618|疫|退烧|退热|2022|上年|首|启动|起草|筹备|印发|部署|成立|初稿|春|本年度|三季度"
)
_DRAWS = 8  # of the item's bank, before something is added that is the office's own
_AT_LEAST_BEHIND = Decimal("0.85")  # of what is due: whoever is below it says why


def following_report(
    registry: Registry, reporter, quarter: Quarter, cast: dict, banks: Banks, taken: dict, before: Report
) -> Report:
    """`before` is what stands of the office's last quarter, `taken` holds all texts written so far, by whomever."""
    figures = figures_of(registry, reporter, quarter, cast)
    earlier = figures_of(registry, reporter, quarter.previous(), cast)
    rng = random.Random(f"{quarter} {reporter.code} texts")
    writer = LaterWriter(banks, reporter, words_for(figures), taken, rng)
    hand = Hand(reporter.code in cast["casual"], random.Random(f"{quarter} {reporter.code} hand"))
    nothing = cast["not_applicable"].get(reporter.code, {})
    writer.tell(registry, quarter, figures, earlier, cast)
    rows, pieces = _projects(registry, quarter, writer, hand, cast, before)
    writer.pieces = {piece.item: piece for piece in pieces}
    progress = {}
    for item, role in registry.owed_items[reporter.code]:
        was = before.progress[item.item]
        answers = role == "lead" or reporter in registry.consolidators(item)
        if item.item in nothing:
            progress[item.item] = {"status": "不适用", "explanation": nothing[item.item]}
            continue
        short = falls_short(registry, reporter, item, figures)
        status = _status(item.item in cast["done"].get(reporter.code, ()), was["status"], answers, short, rng, cast)
        progress[item.item] = _progress(item, status, was, writer, hand, quarter)
    inputs = _inputs(registry, figures, nothing, writer, hand, quarter)
    return Report(progress, inputs, rows, tuple(pieces))


def falls_short(registry: Registry, reporter, item, figures: Mapping[str, Decimal]) -> bool:
    """Whether a figure of the item is below a target of the reporter's own."""
    return any(behind(registry, reporter, name, figures, 1) for name in item.measures)


def behind(registry: Registry, reporter, name: str, figures: Mapping[str, Decimal], share: Decimal | int) -> bool:
    """Whether a measure of the reporter is below this share of its target."""
    target = registry.target_of(reporter.code, name)
    _, measure = registry.measures[name]
    value = figures.get(name, figures.get(f"{name}.numerator"))
    if target is None or value is None:
        return False
    whole = figures.get(f"{name}.denominator", Decimal(1))
    if measure.denominator and measure.denominator.reference:
        whole = Decimal(reporter.population) / measure.denominator.per
    return value < target * whole * share


def _status(told: bool, was: str, answers: bool, short: bool, rng: random.Random, cast: dict) -> str:
    chance = rng.random()
    if told or (was == "已完成" and not short):
        return "已完成"
    if answers or short:
        return "推进中"
    return "已完成" if chance < cast["finishing"] else "推进中"


def _progress(item, status: str, was: Mapping, writer: "LaterWriter", hand: Hand, quarter: Quarter) -> dict:
    rng = writer.rng
    typed: dict[str, object] = {"status": status, "done": writer.cell(item.item, "done")}
    if rng.random() < (0.55 if status == "已完成" else 0.93):
        typed["problems"] = writer.cell(item.item, "problems")
    typed["next"] = writer.cell(item.item, "next")
    if status == "已完成":
        stood = was.get("expected_on") if was["status"] == "已完成" else None
        typed["expected_on"] = stood or hand.date(quarter.end - dt.timedelta(days=rng.randint(1, 20)))
    elif quarter.number < 4 and rng.random() > 0.04:
        due = [Quarter.parse(record.due).end for record in item.deliverables if Quarter.parse(record.due) > quarter]
        typed["expected_on"] = hand.date(max(due) if due else rng.choice(_ends(quarter)))
    return {
        field: hand.text(value) if field in ("done", "problems", "next") else value for field, value in typed.items()
    }


def _ends(quarter: Quarter) -> list[dt.date]:
    """Days by which what is unfinished may be: the ends of the quarters to come, and the last but one month's."""
    ends = [one.end for one in quarter.of_year if one > quarter]
    return [*ends, ends[-1] - dt.timedelta(days=31), ends[-1] - dt.timedelta(days=11)]


def _inputs(registry: Registry, figures: Mapping[str, Decimal], nothing, writer: "LaterWriter", hand: Hand, quarter):
    found: dict[str, dict[str, object]] = {}
    for code, value in figures.items():
        entry = registry.inputs[code]
        if entry.item in nothing:
            found[code] = {"value": "不适用"}
            continue
        found[code] = {"value": hand.figure(value, entry.unit)}
        _, measure = registry.measures[entry.measure]
        due = registry.schedule_of(measure)[quarter.number - 1] / Decimal(100) * _AT_LEAST_BEHIND
        late = entry.part != "denominator" and behind(registry, writer.reporter, entry.measure, figures, due)
        if late and writer.is_prefecture and writer.rng.random() < 0.6:
            found[code]["explanation"] = writer.unlike(
                "explanation", WORDS["lagging"], title=measure.title, **writer.when
            )
    return found


def _projects(
    registry: Registry, quarter: Quarter, writer: "LaterWriter", hand: Hand, cast: dict, before: Report
) -> tuple[list[dict[str, object]], list[Piece]]:
    """The rows, and the projects that stay open."""
    leads = {item.item for item, role in registry.owed_items[writer.reporter.code] if role == "lead"}
    rows, pieces = [], []
    for piece in before.pieces:
        others = [one for one in before.pieces if one.item == piece.item and one.share < 100]
        may_close = piece.item not in leads or others or quarter.number == 4
        row, after = _go_on(piece, quarter, bool(may_close), writer, hand, cast)
        rows.append(row)
        if after:
            pieces.append(after)
    if writer.rng.random() < cast["begun"] or (quarter.number < 4 and not pieces):
        row, piece = _begin(registry, quarter, writer, hand, cast, {one.name for one in before.pieces})
        rows.append(row)
        pieces.append(piece)
    return rows, pieces


def _go_on(piece: Piece, quarter: Quarter, may_close: bool, writer: "LaterWriter", hand: Hand, cast: dict):
    rng, why, closed = writer.rng, None, False
    if piece.share == 100:
        closed = may_close
        kind, after = ("closed" if closed else "kept"), piece
    elif piece.due > quarter.end:
        more = (100 - piece.share) * rng.uniform(0.25, 0.6)
        kind, after = "under_way", replace(piece, share=min(95, 5 * round((piece.share + max(more, 5)) / 5)))
    elif rng.random() < cast["finished"]:
        kind, after = "finished", replace(piece, share=100)
    else:
        to_come = _ends(quarter) if quarter.number < 4 else []
        share = min(90, 5 * round((piece.share + (100 - piece.share) * rng.uniform(0.3, 0.7)) / 5))
        kind, after = "moved", replace(piece, share=share, due=to_come[0] if to_come else piece.due)
        why = writer.unlike("explanation", WORDS["moved" if to_come else "overdue"], **steps_of(after))
    return project_row(after, _told(kind, after, writer), why, hand, closed), None if closed else after


def _begin(registry: Registry, quarter: Quarter, writer: "LaterWriter", hand: Hand, cast: dict, names: set[str]):
    owed = [item.item for item, _ in registry.owed_items[writer.reporter.code]]
    banks = writer.banks.items
    while True:
        item = writer.rng.choice(owed if writer.is_prefecture else EVERYBODY)
        project = writer.rng.choice(banks[item]["projects"]["local" if writer.is_prefecture else "support"])
        name = writer.fill(project["name"])
        if item in owed and name not in names:
            break
    share, due = writer.rng.choice((10, 15, 20, 30)), writer.rng.choice(_ends(quarter)[:2])
    piece = Piece(item, name, owner_of(writer, cast["owners"]), due, share, tuple(project["steps"]))
    return project_row(piece, _told("begun", piece, writer), None, hand), piece


def _told(kind: str, piece: Piece, writer: "LaterWriter") -> str:
    return writer.unlike("projects", WORDS["projects"][kind], **steps_of(piece, kind in ("finished", "closed", "kept")))


def steps_of(piece: Piece, over: bool = False) -> dict[str, str]:
    """The steps that a text on a project names: the one that is done, the one under way, and the one to come."""
    steps = (*piece.steps, "资料归档")
    at = len(piece.steps) - 3 if over else min(piece.share * len(piece.steps) // 100, len(steps) - 3)
    return {"name": piece.name, "share": str(piece.share), **dict(zip(("s1", "s2", "s3"), steps[at:], strict=False))}


class LaterWriter(Writer):
    """Writes of the figures and projects of the quarter, what the item's bank holds for its stage of the year, and what
    could be said at any time."""

    pieces: Mapping[int, Piece] = {}

    def tell(self, registry: Registry, quarter: Quarter, figures: Mapping, earlier: Mapping, cast: Mapping) -> None:
        """What there is to write about."""
        self.registry, self.stage, self.typed, self.earlier = registry, quarter.number, figures, earlier
        self.when = {"end": cast["end"], "before": cast["before"]}

    def cell(self, item: int, field: str) -> str:
        fresh, others = self._fresh(item, field), self._others(item, field)

        def write(draw: int) -> list[str]:
            parts = self._parts(item, field, fresh, others)
            if draw >= _DRAWS:
                tails = WORDS["tails"]["local" if self.is_prefecture else "office"][field]
                parts.append(self.fill(self.rng.choice(tails)))
            return parts

        return self._least_like((item, field), write)

    def _parts(self, item: int, field: str, fresh: list[str], others: list[str]) -> list[str]:
        rng = self.rng
        parts = self._figures(item) if field == "done" else []
        count = min(len(fresh), 1 + (rng.random() < (0.4 if field == "done" else 0.2)))
        chosen = rng.sample(fresh, count)
        if others and (not chosen or rng.random() < 0.6):
            chosen += rng.sample(others, min(len(others), 1 if chosen else 2))
        rng.shuffle(chosen)
        parts += [self.fill(text) for text in chosen]
        if field == "done" and item in self.pieces and rng.random() < 0.4:
            parts.append(self.fill(rng.choice(WORDS["project"]), **steps_of(self.pieces[item])))
        return parts

    def _figures(self, item: int) -> list[str]:
        """A sentence on one or two figures of the item, if the office has any."""
        entries = [self.registry.inputs[code] for code in self.typed if self.registry.inputs[code].item == item]
        heads = [one for one in entries if one.part != "denominator" and not one.title.startswith("其中")]
        if not heads:
            return []
        first = self.rng.choice(heads)
        told = [self._figure(first)]
        after = entries[entries.index(first) + 1 :][:1]
        if after and after[0].title.startswith("其中"):
            words = {"title": after[0].title.removeprefix("其中："), **self._values(after[0])}
            told.append(self.fill(self.rng.choice(WORDS["followed"]), **words))
        elif len(heads) > 1 and self.rng.random() < 0.35:
            told.append(self._figure(self.rng.choice([one for one in heads if one is not first])))
        return ["，".join(told)]

    def _figure(self, entry) -> str:
        words = {"title": entry.title, **self._values(entry)}
        kind = entry.figures
        whole = self.registry.inputs.get(f"{entry.measure}.denominator")
        rate = self.figures.get(f"{entry.measure}.rate")
        if entry.part == "numerator" and whole and rate:
            kind = "ratio"
            words |= {"whole": whole.title, "part": entry.title, "rate": rate, "total": self.figures[whole.code]}
        frames = [text for text in WORDS["figures"][kind] if "{added}" not in text or words["added"] not in ("", "0")]
        return self.fill(self.rng.choice(frames), **words)

    def _values(self, entry) -> dict[str, str]:
        added = self.typed[entry.code] - self.earlier.get(entry.code, Decimal(0))
        told = f"{added:f}" if added > 0 and entry.figures != "in_quarter" else ""
        return {"value": self.figures[entry.code], "unit": entry.unit, "added": told, **self.when}

    def _fresh(self, item: int, field: str) -> list[str]:
        later = self.banks.items[item].get("later", {})
        bank = later.get("local") if self.is_prefecture else later.get("own", {}).get(self.reporter.name)
        bank = bank or later.get("support", {})
        return [text for text in bank.get(self.stage, {}).get(field, ()) if self._can_fill(text)]

    def _others(self, item: int, field: str) -> list[str]:
        fixed, bank = self._bank(item, field)
        return [
            text
            for text in (*fixed, *bank)
            if self._can_fill(text)
            and not _OF_ITS_TIME.search(text)
            and not any(f"{{{code}" in text for code in self.figures)
        ]
