"""The numbers that stand in sentences: of 封面, of 总览 and of the circular.

Each is expected in a phrase that the count makes. Phrases are struck out of a text as they are found; one that is not
there, and every digit that is left over, is told.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_DOWN, Decimal
from functools import cached_property

import chinese_calendar
import docx
from docx.document import Document

from recount.compare import Compared, share
from recount.lights import WORST_FIRST, Item, Lights, Lit, day_of
from recount.sheets import find, grid_of, names_of, rows_of, text

LIGHTS = {"done": "已达标", "green": "绿灯", "yellow": "黄灯", "red": "红灯"}
OWN = {"done": "自报完成", "green": "自报推进", "yellow": "自报未启动", "red": "自报逾期"}
KINDS = {"prefecture": "市州", "department": "处室", "institution": "直属单位"}
ABSENT = {"returned": "退回修改中", "set_aside": "搁置待查", "missing": "未报送"}
ORDINALS = "一二三四"
WORST = "滞后最多的重点工作（至多五项，完整清单见“滞后清单”）"
Told = tuple[str, str, str]  # where, what is said and not counted, or counted and not said


def sentences(compared: Compared) -> list[Told]:
    """What a publication says in sentences that the count does not, and the other way round."""
    return [*Sentences(compared).told()]


class Sentences:
    def __init__(self, compared: Compared):
        self.compared, self.count, self.plan = compared, compared.count, compared.count.plan
        self.lights = compared.lights
        year, quarter = self.count.quarter[:4], self.count.now
        self.quarter = f"{year}年{ORDINALS[quarter - 1]}季度"

    def told(self) -> Iterator[Told]:
        both = [*self._head(), *self._summary(), *self._furthest(3)]
        yield from self._held("封面", self._cover(), [f"（{self.count.manifest['publication']}）", *both])
        yield from self._held("总览", self._overview(), [*both, *self._tiles(), *self._change(), *self._table()])
        yield from self._held("通报", self._circular(), self._of_circular())

    def _held(self, where: str, texts: Iterable[str], phrases: Iterable["str | Listing"]) -> Iterator[Told]:
        rest = "\n".join(re.sub(r"[^\S\n]", "", one) for one in texts)
        for phrase in phrases:
            said = phrase.in_(rest) if isinstance(phrase, Listing) else phrase
            if said not in rest:
                yield where, "counted and not said", said
            rest = rest.replace(said, "\n" if said.startswith("\n") else "□", 1)  # a line of its own leaves one
        for name in self._names:
            rest = rest.replace(name, "")
        yield from ((where, "said and not counted", line) for line in rest.split("\n") if re.search(r"\d", line))

    @cached_property
    def _names(self) -> list[str]:
        """Names in which digits stand."""
        return [name for name in self.plan.names.values() if re.search(r"\d", name)]

    # what is said

    def _cover(self) -> list[str]:
        names = set(names_of(self.compared.book))
        return [cell for row in grid_of(self.compared.book, "封面") for cell in row if str(cell) not in names]

    def _overview(self) -> Iterator[str]:
        """All but the data of charts, and what leads say themselves."""
        grid = grid_of(self.compared.book, "总览")
        below, _ = find(grid, WORST)
        for number, row in enumerate(grid):
            yield from (cell for cell in row[: 9 if number > below else 11] if isinstance(cell, str))

    @cached_property
    def _document(self) -> Document:
        return docx.Document(str(self.compared.folder / "通报.docx"))

    def _circular(self) -> Iterator[str]:
        """All but what reporters say themselves."""
        yield from (paragraph.text for paragraph in self._document.paragraphs)
        for table in self._document.tables:
            yield from (cell.text for row in table.rows for cell in row.cells[:2])

    # what is counted

    def _head(self) -> list[str]:
        last = max(self.count.files[one["digest"]][1] for one in self.count.manifest["submissions"])
        name = self.count.manifest["publication"]
        issue = f"第{name.rpartition('-r')[2]}版"
        return [self.plan.about["title"], self.quarter, issue, f"数据截至{_day(last)}{last:%H:%M}"]

    @cached_property
    def items(self) -> list[Item]:
        return list(self.lights.items.values())

    def _of(self, kind: str, chapter: int | None = None) -> int:
        """Items of a light; `own` where a self-reported state stands in."""
        return sum(item.kind == kind and chapter in (None, self._chapter(item)) for item in self.items)

    def _chapter(self, item: Item) -> int:
        return int(self.plan.items[item.number]["chapter"])

    @cached_property
    def own(self) -> dict[str, int]:
        found = {light: sum(i.kind == "own" and i.light == light for i in self.items) for light in OWN}
        return {light: number for light, number in found.items() if number}

    @cached_property
    def states(self) -> dict[str, str]:
        """What became of each reporter's report."""
        found = {}
        for code in self.plan.names:
            sent = [s for s in self.count.manifest["submissions"]
                    if (s["quarter"], s["reporter"]) == (self.count.quarter, code)]  # fmt: skip
            verdicts = {one["verdict"] for one in sent}
            stands = any(one["current"] for one in sent)
            found[code] = "accepted" if stands else next((v for v in ABSENT if v in verdicts), "missing")
        return found

    def _names_in(self, state: str) -> list[str]:
        return [self.plan.names[code] for code, one in self.states.items() if one == state]

    def _coverage(self) -> str:
        parts = []
        for kind, title in KINDS.items():
            codes = [code for code, one in self.plan.kinds.items() if one == kind]
            parts.append(f"{title}{sum(self.states[code] == 'accepted' for code in codes)}/{len(codes)}")
        return "、".join(parts)

    def _summary(self, brief: bool = False) -> Iterator["str | Listing"]:
        judged = sum(self._of(light) for light in LIGHTS)
        parts = "、".join(f"{title}{self._of(light)}项" for light, title in LIGHTS.items() if self._of(light))
        yield f"{self.quarter}，{len(self.items)}项重点工作中，按指标和时限可以判断的{judged}项，其中{parts}"
        if self.own:
            yield f"另有{self._of('own')}项没有可计算的依据"
            yield from [] if brief else ["（" + "、".join(f"{OWN[k]}{n}项" for k, n in self.own.items()) + "）"]
        if self._of("grey"):
            yield f"{self._of('grey')}项无从判断"
        aimed = [lit.light for lit in self.lights.measures.values() if lit.light != "grey"]
        on_time = sum(light in ("done", "green") for light in aimed)
        yield f"有目标且有数据的指标{len(aimed)}个，达到序时或已达标{on_time}个"
        heard = len(self._names_in("accepted"))
        yield f"应报单位{len(self.states)}家，已报{heard}家（{self._coverage()}）"
        for state, title in ABSENT.items():
            names = self._names_in(state)
            if names and not brief:
                yield Listing(names, f"{title}{len(names)}家（", "家")

    def _tiles(self) -> Iterator[str]:
        for light in LIGHTS:
            yield f"\n{self._of(light)}项\n"
        yield f"\n{self._of('own') + self._of('grey')}项\n"
        words = "、".join(f"{OWN[light][2:]}{number}" for light, number in self.own.items())
        yield f"自报：{words or '无'}；无从判断{self._of('grey')}"
        yield f"\n{len(self._names_in('accepted'))}/{len(self.states)}家\n"
        yield f"\n{self._coverage()}\n"

    def _why(self, lit: Lit) -> str:
        if isinstance(lit.due, int):
            ended = "到期未完成" if lit.light == "red" else "预计逾期"
            return f"{lit.title}应于{ORDINALS[lit.due - 1]}季度末前完成，{ended}"
        return f"{lit.title}完成{_percent(lit.completion)}，序时应达{_percent(lit.due)}"

    def _furthest(self, most: int) -> list[str]:
        return [f"第{item.number}项{item.title}（{self._why(lit)}）" for item, lit in self.lights.worst[:most]]

    def _dragging(self, lit: Lit) -> list[str]:
        """The reporters behind their own target, the furthest behind first."""
        [measure] = [m for m in self.plan.measures.values() if (m.item, m.title) == (lit.item, lit.title)]
        found = []
        for code in self.count.of_measure[measure.name]:
            own = self.lights.of_reporter(measure, code)
            if own and own.light in ("red", "yellow") and own.judged != "done":
                found.append((own.reached, self.plan.places[code], self.plan.names[code]))
        return [name for *_, name in sorted(found)]

    def _table(self) -> Iterator["str | Listing"]:
        """The five of 总览."""
        for _, lit in self.lights.worst:
            if isinstance(lit.due, int):
                yield f"{lit.title}（{self.count.quarter[:4]}年{ORDINALS[lit.due - 1]}季度末到期）"
            elif names := self._dragging(lit):
                yield Listing(names, "\n", "家")

    # against another publication

    @cached_property
    def other(self) -> str | None:
        return self.count.manifest["base"] or self.count.manifest["before"]

    @cached_property
    def moved(self) -> list[tuple[Item, Item]]:
        """Items whose light is another one: then and now."""
        before = Lights(self.compared._of(self.other)).items
        pairs = [(before[item.number], item) for item in self.items]
        return [(then, now) for then, now in pairs if (then.light, then.computed) != (now.light, now.computed)]

    def _change(self) -> Iterator["str | Listing"]:
        if not self.other:
            return
        other, measures = self.compared._of(self.other), 0
        for measure in self.plan.measures.values():
            then, effects = self.compared._effects(measure, other)
            measures += any(effects.values()) or then != self.count.stood(measure)
        yield f"与{self.other}相比，{measures}个指标的数有变化"
        if self.moved:
            yield f"灯有变化的重点工作{len(self.moved)}项"
            yield from (f"第{now.number}项{now.title}" for _, now in self.moved[:6])

    # the circular

    def _of_circular(self) -> Iterator["str | Listing"]:
        name, last = self.count.manifest["publication"], self._head()[-1]
        yield f"关于{self.quarter}"
        yield f"现将《{self.plan.about['title']}》{self.quarter}"
        yield from (f"附件：{self.quarter}", f"（{name}）", last.removeprefix("数据截至")[:-5])
        yield from self._summary(brief=True)
        yield from self._by_chapter()
        yield from self._better_and_worse()
        yield from self._ahead()
        told = self.lights.worst
        [table] = self._document.tables or [None]
        rows = len(table.rows) - 1 if table else 0
        named = [f"第{item.number}项{item.title}（{self._leads(item)}）" for item, _ in told]
        yield from [Listing(named[rows:], "滞后较多的还有", "项")] if named[rows:] else []
        for name, (item, lit) in zip(named[:rows], told, strict=False):
            yield from (name, self._why(lit))
            names = [] if isinstance(lit.due, int) else self._dragging(lit)
            if names and names != [self._leads(item)]:
                yield Listing(names, "；落后的有", "家")
        leads = [self._leads(item) for item in sorted((item for item, _ in told), key=lambda item: item.number)]
        if leads:
            yield Listing(list(dict.fromkeys(leads)), "", "家", "要对照")
        for state, asked in {"returned": "请按退回", "set_aside": "请与", "missing": "请立即补报"}.items():
            if names := self._names_in(state):
                yield Listing(names, "", "家", asked)
        yield from self._overdue()
        wrong = [item for item in self.items if self._contradicted(item)]
        if wrong:
            names = [f"第{item.number}项{item.title}（{self._leads(item)}）" for item in wrong]
            yield Listing(names, "", "项", "自报“已完成”")
        if self.count.now < 4 and told:
            yield f"在{ORDINALS[self.count.now]}季度报送（{_day(self._next_due())}截止）"

    def _leads(self, item: Item) -> str:
        codes = sorted(self.plan.answering(item.number), key=self.plan.places.get)
        return "、".join(self.plan.names[code] for code in codes)

    def _by_chapter(self) -> Iterator[str]:
        held = set()
        for light in ("red", "yellow"):
            count = {chapter: self._of(light, chapter) for chapter in self.plan.chapters}
            held |= {chapter for chapter, items in count.items() if items}
            parts = [name if count[chapter] == 1 else f"{name}（{count[chapter]}项）"
                     for chapter, name in self.plan.chapters.items() if count[chapter]]  # fmt: skip
            yield from [f"{LIGHTS[light]}在{'、'.join(parts)}"] if parts else []
        rest = len(self.plan.chapters) - len(held)
        yield from [f"其余{rest}个篇章"] if held and rest else []

    def _better_and_worse(self) -> Iterator["str | Listing"]:
        if not self.other:
            return
        judged = [(then, now) for then, now in self.moved if "grey" not in (then.light, now.light)]
        moves = [(WORST_FIRST.index(now.light) - WORST_FIRST.index(then.light), now) for then, now in judged]
        worse = [f"第{now.number}项{now.title}" for move, now in moves if move < 0]
        yield f"与{self.other}相比，灯转好的重点工作{sum(move > 0 for move, _ in moves)}项，转差的{len(worse)}项"
        yield from [Listing(worse, "：", "项")] if worse else []

    def _ahead(self) -> Iterator["str | Listing"]:
        done = [f"第{item.number}项{item.title}" for item in self.items if item.kind == "done"]
        yield from [Listing(done, f"已达标的重点工作{len(done)}项：", "项")] if done else []
        ahead = [(lit.due - lit.completion, lit.item, name, lit) for name, lit in self.lights.measures.items()
                 if lit.light in ("done", "green") and lit.completion > lit.due]  # fmt: skip
        if ahead:
            told = [
                f"{lit.title}完成{_percent(lit.completion)}（序时{_percent(lit.due)}）"
                for *_, lit in sorted(ahead, key=lambda one: one[:3])
            ]
            yield Listing(told, f"超出序时的指标{len(ahead)}个，其中", "", bare=f"超出序时的指标{len(ahead)}个")

    def _overdue(self) -> Iterator["str | Listing"]:
        names, count = {}, 0
        for _, cells in rows_of(self.compared.book, "项目台账", "项目编号", "来源行"):
            if cells["来源报送"] and self._is_overdue(cells["来源报送"], int(cells["来源行"])):
                names[cells["填报单位"]] = count = count + 1
        if count:
            yield Listing(list(names), "", "家", f"的{count}个逾期项目")

    def _is_overdue(self, accession: str, row: int) -> bool:
        typed = dict(rows_of(self.count.path(accession), "项目清单", "项目名称", "完成进度"))[row]
        due = day_of(typed["计划完成时间"], int(self.count.quarter[:4]))
        finished = text(typed["项目状态"]) in ("已完成", "已销号") or (
            text(typed["完成进度"]) != "" and share(typed["完成进度"]) >= 1
        )
        return due is not None and due <= self.lights.end(self.count.now) and not finished

    def _contradicted(self, item: Item) -> bool:
        """Whether all say 已完成 and the figures or dates do not."""
        said = [status for status, _ in self.lights.said(self.count, item.number) if status != "不适用"]
        return item.computed and item.judged != "done" and bool(said) and set(said) == {"已完成"}

    def _next_due(self) -> dt.date:
        following = self.count.now + 1
        if f"{self.count.quarter[:5]}{following}" in self.plan.about.get("due", {}):
            return dt.date.fromisoformat(self.plan.about["due"][f"{self.count.quarter[:5]}{following}"])
        year, month = divmod(3 * following, 12)
        day = dt.date(int(self.count.quarter[:4]) + year, month + 1, int(self.plan.about.get("due_day", 10)))
        while not chinese_calendar.is_workday(day):
            day += dt.timedelta(days=1)
        return day


class Listing:
    """Names in a sentence, of which as many as there is room for: 甲、乙等 5 家."""

    def __init__(self, names: list[str], before: str, counted: str, after: str = "", bare: str = ""):
        self._names, self._before, self._counted, self._after = names, before, counted, after
        self._bare = bare

    def in_(self, said: str) -> str:
        """The longest of its forms that is said; where none is, the whole."""
        for number in range(len(self._names), 0, -1):
            rest = f"等{len(self._names)}{self._counted}" if number < len(self._names) and self._counted else ""
            phrase = f"{self._before}{'、'.join(self._names[:number])}{rest}{self._after}"
            if phrase in said:
                return phrase
        return self._bare or f"{self._before}{'、'.join(self._names)}{self._after}"


def _day(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"


def _percent(value: Decimal) -> str:
    return f"{(value * 100).quantize(Decimal('0.1'), ROUND_DOWN)}%"
