"""What is made for the benchmarks is what a reporter would have filled in."""

from dataclasses import replace

from benchmarks.generate import ISSUED, QUARTER
from benchmarks.pressing import mould, press
from duban.fillin.form import Prefill, form_of
from duban.fillin.keys import key_ring
from duban.fillin.workbook import write_fill_in
from duban.reading.cells import read_book
from duban.registry.load import load_registry
from duban.settings import SCHEMAS


def test_a_pressed_workbook_holds_what_a_written_one_holds(tmp_path):
    registry, ring = load_registry(SCHEMAS / str(QUARTER.year)), key_ring(tmp_path / "keys", create=True)

    def filled(code, done, value):
        form = form_of(registry, QUARTER, registry.by_code[code], Prefill()).issue(ISSUED, ring)
        rows = dict(form.rows)
        rows["progress"] = tuple(replace(row, texts=row.texts | {"done": done}) for row in rows["progress"])
        rows["inputs"] = tuple(replace(row, texts=row.texts | {"value": value}) for row in rows["inputs"])
        return replace(form, rows=rows)

    form, other = filled("420200", "已开展检查", "12"), filled("421200", "<全部> & 办结", "3.5")
    cells = {
        (tab, place, field): row.texts[field]
        for tab, fields in {"progress": ("done",), "inputs": ("value", "target")}.items()
        for place, row in enumerate(other.rows[tab])
        for field in fields
        if row.texts.get(field)
    }
    figures = {cell for cell in cells if cell[2] == "value"}
    texts = {cell: text for cell, text in cells.items() if cell not in figures}
    made = mould(tmp_path / "mould.xlsx", form, texts, figures)
    names = {"name": other.reporter.full_name, "code": other.reporter.code}
    write_fill_in(tmp_path / "written.xlsx", other)

    assert read_book(press(made, {**names, **other.stamp, **cells})) == read_book(
        (tmp_path / "written.xlsx").read_bytes()
    )
