"""The circular: every number in it, but for what reporters say themselves."""

import datetime as dt
from collections.abc import Iterator
from functools import cached_property

import chinese_calendar
import docx
from docx.document import Document

from recount.compare import share
from recount.counted import Counted
from recount.lights import WORST_FIRST, Item, day_of
from recount.phrases import LIGHTS, ORDINALS, Listing, Told, day, held, percent
from recount.sheets import rows_of, text


class Circular(Counted):
    def told(self) -> Iterator[Told]:
        yield from held("通报", self._circular(), self._of_circular(), self._names)

    @cached_property
    def _document(self) -> Document:
        return docx.Document(str(self.compared.folder / "通报.docx"))

    def _circular(self) -> Iterator[str]:
        """All but what reporters say themselves."""
        yield from (paragraph.text for paragraph in self._document.paragraphs)
        for table in self._document.tables:
            yield from (cell.text for row in table.rows for cell in row.cells[:2])

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
            yield f"在{ORDINALS[self.count.now]}季度报送（{day(self._next_due())}截止）"

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
                f"{lit.title}完成{percent(lit.completion)}（序时{percent(lit.due)}）"
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
