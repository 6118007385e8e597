"""One cell typed wrongly, and nothing follows from it."""

from collections.abc import Callable

from drafts import Line

from duban.fillin.layout import BY_TABLE
from injecting.injection import Injection, Injector

SENT = {"推进中", "已完成"}
CELLS: list[tuple[str, str, str, tuple[str, ...], Callable[[Line], bool]]] = [
    ("status_missing", "progress", "status", ("",), lambda line: True),
    ("status_unknown", "progress", "status", ("基本完成", "已完成80%", "√", "待定"), lambda line: True),
    ("progress_missing", "progress", "done", ("",), lambda line: line.texts["status"] in SENT),
    ("date_unreadable", "progress", "expected_on", ("尽快", "待定", "2023年2月30日", "13月"), lambda line: True),
    ("date_outside_year", "progress", "expected_on", ("2032-06-30", "2022-12-31", "2024-01-01"), lambda line: True),
    ("figure_missing", "inputs", "value", ("",), lambda line: True),
    ("figure_unreadable", "inputs", "value", ("约300", "12-15", "三百左右", "见附件"), lambda line: True),
    ("item_unreadable", "projects", "item", ("财务", "13、18"), lambda line: not line.key),
    ("project_item_missing", "projects", "item", ("",), lambda line: not line.key),
    ("project_name_missing", "projects", "name", ("",), lambda line: True),
    ("project_owner_missing", "projects", "owner", ("",), lambda line: True),
    ("project_due_missing", "projects", "due_on", ("",), lambda line: True),
    ("project_progress_missing", "projects", "progress", ("",), lambda line: True),
    ("project_status_missing", "projects", "status", ("",), lambda line: True),
    ("status_unknown", "projects", "status", ("不适用", "快了"), lambda line: True),
    ("percent_unreadable", "projects", "progress", ("过半", "30%-40%"), lambda line: True),
    ("date_unreadable", "projects", "due_on", ("年后", "6月31日"), lambda line: True),
    ("project_progress_out_of_range", "projects", "progress", ("120%", "200%"), lambda line: True),
    ("project_code_unknown", "projects", "code", ("CS99-01-01", "420100-99-77"), lambda line: True),
]


def typing(rule: str, tab: str, name: str, values: tuple[str, ...], wanted: Callable[[Line], bool]) -> Injector:
    def inject(one: Injection) -> None:
        line = one.pick(tab, wanted)
        line.texts[name] = one.rng.choice(values)
        one.expect(rule, tab, line, name)

    return inject


def odd(rule: str, values: tuple[str, ...]) -> Injector:
    """An error value, or a formula without its result, in any cell that is typed."""

    def inject(one: Injection) -> None:
        tab = one.rng.choice(("progress", "inputs", "inputs", "projects"))
        line = one.pick(tab)
        name = one.rng.choice([column.field for column in BY_TABLE[tab].columns if column.typed])
        line.odd[name] = one.rng.choice(values)
        one.expect(rule, tab, line, name)

    return inject
