"""Which figure stands in which published cell: sheets, header rows and rows are found by their words."""

import re
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache

from duban.reading.cells import Page
from duban.tracing import counts
from duban.tracing.changed import CHANGES, Changed
from duban.tracing.changes import Changes
from duban.tracing.content import PROVINCE, Figure, Handler, Row, item_of, named
from duban.tracing.figures import Figures
from duban.tracing.listed import Listed
from duban.tracing.lit import Lit
from duban.tracing.measured import Measured
from duban.tracing.publication import SOURCES, Publication, Shelf, Table, is_sources


class Cells:
    """The figures of a publication by sheet and cell. Without the `shelf` that holds the publications that it is
    compared with, what is made of those cannot be told."""

    def __init__(self, publication: Publication, shelf: Shelf | None = None):
        self.publication = publication
        self._shelf = shelf
        self.earlier = cache(self._earlier)
        self.figures = Figures(publication, earlier=self._figures_of)
        self.measured = Measured(self.figures)
        self.lit = Lit(self.measured)
        self.changes = cache(self._changes)
        self.layout = cache(self._found_layout)
        self._row = lru_cache(2)(self._read_row)  # asked for cell by cell
        self._columns_of_others = cache(self._found_columns)

    def _earlier(self, name: str) -> "Cells | None":
        """The cells of a publication that this one is compared with."""
        found = self._shelf.publication(name) if self._shelf and name else None
        return Cells(found) if found else None

    def _figures_of(self, name: str) -> Figures | None:
        found = self.earlier(name)
        return found.figures if found else None

    def _changes(self, name: str) -> Changes | None:
        """What led from that publication's figures to these."""
        found = self.earlier(name)
        return Changes(found.figures, self.figures) if found else None

    def at(self, sheet: str, row: int, column: int) -> Figure | None:
        """What stands in a cell; None where it holds no figure and no reporter's words."""
        page = self.publication.pages[sheet]
        if column not in page.rows.get(row, {}):
            return None
        layout = self.layout(sheet)
        if layout:
            table, handler = layout
            if row > table.header:
                header = table.columns.get(column)
                found = handler(header, self._row(sheet, row)) if header else None
                if found or sheet != counts.OVERVIEW:
                    return found
        if sheet in (counts.OVERVIEW, counts.COVER):
            return self._counted(page, row, column)
        return None

    def all(self, of: str | None = None) -> Iterator[tuple[str, int, int, Figure]]:
        """Every cell that holds something which can be traced; with the name of a reporter those that may be made of
        what it sent."""
        for name, page in self.publication.pages.items():
            layout = self.layout(name) if of else None
            for row, cells in page.rows.items():
                others = frozenset()
                if layout and row > layout[0].header:
                    if self._of_another(name, self._row(name, row), of):
                        continue
                    others = self._columns_of_others(name, of)
                for column in cells:
                    if column not in others and (found := self.at(name, row, column)):
                        yield name, row, column, found

    def _of_another(self, sheet: str, row: Row, reporter: str) -> bool:
        """Whether all of a row is made of what another reporter sent."""
        if row.get("填报单位") in (None, reporter, PROVINCE):
            return False
        if sheet == "滞后清单":  # what is behind with a deliverable others answer for
            item = item_of(self.publication, row) or 0
            return bool(named(self.publication.measures, item, row.get("指标或成果", "")))
        return sheet in ("项目台账", "报送情况", SOURCES) or bool(re.match(r"\d+ ", sheet))

    def _found_columns(self, sheet: str, reporter: str) -> frozenset[int]:
        """The columns of a sheet that are headed by another reporter's name."""
        table, _ = self.layout(sheet)
        codes = self.publication.codes
        return frozenset(column for column, word in table.columns.items() if word in codes and word != reporter)

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows of a sheet's table."""
        table, _ = self.layout(sheet)
        return (self._read_row(sheet, row) for row in self.publication.pages[sheet].rows if row > table.header)

    def _read_row(self, sheet: str, row: int) -> Row:
        """The texts of a row of a sheet's table by their headers."""
        table, _ = self.layout(sheet)
        cells = self.publication.pages[sheet].rows[row]
        return {header: cells[column][1] for column, header in table.columns.items() if column in cells}

    @cached_property
    def _known(self) -> dict[str, tuple[set[str], Handler]]:
        """The words of the headers of the tables that have a sheet each, and what tells their cells."""
        listed = Listed(self.figures)
        return {
            "总览": ({"重点工作", "实绩", "完成率"}, self.lit.worst),
            "重点工作总表": ({"序号", "重点工作", "灯"}, self.lit.of_items),
            "指标完成情况": ({"指标编码", "年度目标"}, self.measured.of_measures),
            "市州进度": ({"序号", "重点工作", PROVINCE}, self.lit.of_prefectures),
            "滞后清单": ({"序号", "填报单位", "实绩"}, self.lit.of_lagging),
            "项目台账": ({"项目编号", "来源报送", "来源行"}, listed.of_projects),
            "报送情况": ({"填报单位", "报送状态"}, listed.of_reporting),
            CHANGES: ({"指标编码", "上次", "本次"}, Changed(self).at),
            SOURCES: ({"填报项编码", "来源单元格"}, listed.of_sources),
        }

    def _found_layout(self, name: str) -> tuple[Table, Handler] | None:
        item = re.match(r"(\d+) ", name)
        if name in self._known or is_sources(name):
            words, handler = self._known.get(name) or self._known[SOURCES]
        elif item and int(item[1]) in self.publication.items:
            words, handler = {"填报单位", "进展状态"}, self.lit.item_handler(int(item[1]))
        else:
            return None
        table = self.publication.table(self.publication.pages[name], words)
        return (table, handler) if table else None

    def _counted(self, page: Page, row: int, column: int) -> Figure | None:
        if charted := self.measured.charted(page, row, column):
            return charted
        found = counts.in_overview(self.publication, page, row, column)
        if not found:
            return None
        what, value, text = found
        keys = tuple(("light", item) for item in self.publication.items)
        return Figure(what, "count", value, text, keys if "灯" in what else ())
