"""What changed between two submissions, entry by entry, addressed by meaning: item, input or project, and field."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from duban.errors import UserError
from duban.fillin.layout import BY_TABLE, SHEETS
from duban.home import Home
from duban.warehouse.connection import Connection, open_warehouse, records

_AT_ONCE = 100  # pairs: all entries of both stand side by side in memory
_ROOM = 24  # characters of a text that a line shows
_PLACES = {(sheet.table, column.field): n for sheet in SHEETS for n, column in enumerate(sheet.columns)}
_TABS = [sheet.table for sheet in SHEETS]


@dataclass(frozen=True)
class Side:
    """An entry in one of the two: as typed, as read (a status as its identifier), and the cell it stands in."""

    state: str
    typed: str
    read: str
    sheet: str
    address: str


@dataclass(frozen=True)
class Difference:
    """One entry that differs. `subject` is the item's number, the input's code, or the project's code or else its item
    and name; `retyped` is written in another way and read as the same; `appeared` and `vanished` are of rows."""

    tab: str
    item: int | None
    subject: str
    title: str
    field: str
    change: Literal["changed", "retyped", "appeared", "vanished"]
    old: Side | None
    new: Side | None
    row: int

    @property
    def where(self) -> str:
        """What its row is about: 第7项, 指标“站点”, 项目“东区站”."""
        match self.tab:
            case "progress":
                return f"第{self.subject}项" + (f"“{self.title}”" if self.title else "")
            case "inputs":
                return f"指标“{self.title or self.subject}”"
            case _:
                return f"项目“{self.title}”" if self.title else f"第{self.row}行项目"

    @property
    def header(self) -> str:
        return BY_TABLE[self.tab].column(self.field).header


def differences(connection: Connection, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Difference]]:
    """What changed from the first to the second accession of each pair, in the order of the sheets; equal ones get an
    empty list."""
    found: dict[tuple[str, str], list[Difference]] = {pair: [] for pair in pairs}
    wanted = list(found)
    for start in range(0, len(wanted), _AT_ONCE):
        olds, news = zip(*wanted[start : start + _AT_ONCE], strict=True)
        for row in records(connection, "queries/differences", olds=list(olds), news=list(news)):
            found[row["old"], row["new"]].append(_difference(row))
    for some in found.values():
        some.sort(key=lambda one: (_TABS.index(one.tab), one.item or 0, one.row, _PLACES[one.tab, one.field]))
    return found


def _difference(row: dict) -> Difference:
    sides = {
        side: None
        if row[f"{side}_address"] is None
        else Side(**{name: row[f"{side}_{name}"] for name in ("state", "typed", "read", "sheet", "address")})
        for side in ("old", "new")
    }
    place = row["old_row"] if row["new_row"] is None else row["new_row"]
    return Difference(
        **{name: row[name] for name in ("tab", "item", "subject", "title", "field", "change")}, **sides, row=place
    )


def diff(home: Home, old: str, new: str) -> dict:
    """The differences of two submissions of one reporter, as JSON can hold them.

    Raises UserError for an accession that is not there, for two reporters', and where nothing was read from one.
    """
    known: dict[str, dict] = {}
    if home.warehouse.exists():
        with open_warehouse(home.warehouse, looking=True) as connection:
            known = {row["accession"]: row for row in records(connection, "queries/compared", accessions=[old, new])}
            found = differences(connection, [(old, new)])[old, new]
    for accession in (old, new):
        if accession not in known:
            raise UserError(f"没有登记号为“{accession}”的报送：登记号应如 2023Q1-420100-01，可用 duban history 查到。")
    before, after = known[old], known[new]
    if before["reporter"] is None or before["reporter"] != after["reporter"]:
        names = "、".join(f"{row['accession']} 是{row['name'] or '无法认定的单位'}的" for row in (before, after))
        raise UserError(f"只能比较同一单位的两件报送，而 {names}：请改用同一单位的登记号。")
    for row in (before, after):
        if not row["has_content"]:
            raise UserError(f"{row['accession']} 没有读出任何内容，无从比较：请改用读得出的报送。")
    return {
        "old": {key: before[key] for key in ("accession", "quarter", "verdict", "file_name")},
        "new": {key: after[key] for key in ("accession", "quarter", "verdict", "file_name")},
        "reporter": after["reporter"],
        "name": after["name"],
        "same": unchanged(found),
        "differences": [asdict(one) | {"header": one.header} for one in found],
    }


def unchanged(found: Sequence[Difference]) -> bool:
    """Whether the content is the same: a value that was typed in another way has not changed."""
    return all(one.change == "retyped" for one in found)


def summary(found: Sequence[Difference]) -> str:
    """How much changed: 改动 3 处、新增 1 行；另有 2 处写法不同、读出的值相同."""
    rows = {kind: len(_rows(found, kind)) for kind in ("appeared", "vanished")}
    counts = (
        (_count(found, "changed"), "改动", "处"),
        (rows["appeared"], "新增", "行"),
        (rows["vanished"], "减少", "行"),
    )
    parts = "、".join(f"{verb} {number} {unit}" for number, verb, unit in counts if number)
    retyped = _count(found, "retyped")
    also = f"{retyped} 处写法不同、读出的值相同" if retyped else ""
    if not parts:
        return "内容完全相同" + (f"，只有 {also}" if also else "")
    return parts + (f"；另有 {also}" if also else "")


def told(found: Sequence[Difference], most: int | None = None, room: int = _ROOM, as_read: bool = False) -> list[str]:
    """What changed, a line for each entry and each row that appeared or vanished; at most so many, and how many more.

    Values that were only typed in another way are left out: they have not changed. `as_read` adds what a value was
    cleaned to, where that is not what was typed.
    """
    lines, rows = [], {kind: _rows(found, kind) for kind in ("appeared", "vanished")}
    for one in found:
        if one.change == "changed":
            before, after = _cut(one.old.typed, one.new.typed, room)
            if as_read:
                before, after = before + _read(one, one.old), after + _read(one, one.new)
            lines.append(f"{one.where} {one.header}：{before} → {after}（{_cells(one)}）")
        elif one.change in rows:
            entries = rows[one.change].pop((one.tab, one.subject, one.row), None)
            if entries:
                side = one.new or one.old
                texts = "、".join(f"{entry.header} {_short((entry.new or entry.old).typed, room)}" for entry in entries)
                verb = "新增" if one.new else "减少"
                lines.append(f"{verb}{one.where}：{texts}（{side.sheet} 第 {one.row} 行）")
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], f"……其余 {len(lines) - most + 1} 处从略"]
    return lines


def render(found: dict) -> str:
    """`duban diff` in Chinese."""
    old, new = found["old"], found["new"]
    entries = [Difference(**_sides({k: v for k, v in one.items() if k != "header"})) for one in found["differences"]]
    lines = [
        f"{found['name']}（{found['reporter']}）：{new['accession']} 与 {old['accession']} 相比，{summary(entries)}。"
    ]
    lines += [f"  {line}" for line in told(entries, room=60, as_read=True)]
    retyped = [one for one in entries if one.change == "retyped"]
    if retyped:
        lines += ["", "写法不同、读出的值相同："]
        lines += [
            f"  {one.where} {one.header}：“{one.old.typed}” 与 “{one.new.typed}”（{_cells(one)}）" for one in retyped
        ]
    return "\n".join(lines)


def _sides(record: dict) -> dict:
    return record | {side: record[side] and Side(**record[side]) for side in ("old", "new")}


def _rows(found: Iterable[Difference], kind: str) -> dict[tuple, list[Difference]]:
    rows: dict[tuple, list[Difference]] = defaultdict(list)
    for one in found:
        if one.change == kind:
            rows[one.tab, one.subject, one.row].append(one)
    return rows


def _count(found: Iterable[Difference], kind: str) -> int:
    return sum(one.change == kind for one in found)


def _cells(one: Difference) -> str:
    """Where it stands in the later of the two, and in the earlier where that is another cell."""
    now = f"{one.new.sheet} {one.new.address}"
    before = f"{one.old.sheet} {one.old.address}"
    return now if now == before else f"{now}，原在 {before if one.old.sheet != one.new.sheet else one.old.address}"


def _read(one: Difference, side: Side) -> str:
    kind = BY_TABLE[one.tab].column(one.field).type
    is_cleaned = side.state == "value" and kind in ("figure", "percent", "date") and side.read != side.typed
    return f"（读作 {side.read}）" if is_cleaned else ""


def _cut(before: str, after: str, room: int) -> tuple[str, str]:
    """Two texts, long ones from shortly before they part."""
    if max(len(before), len(after)) > room:
        same = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), None)
        start = max(0, (min(len(before), len(after)) if same is None else same) - 8)
        if start:
            return tuple(_short("…" + text[start:], room) for text in (before, after))
    return _short(before, room), _short(after, room)


def _short(text: str, room: int) -> str:
    text = " ".join(text.split())
    return "（空）" if not text else text if len(text) <= room else text[: room - 1] + "…"
