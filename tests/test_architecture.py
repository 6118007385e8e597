"""What may import what: flows → tasks → duban, never back, and each heavy library in one module."""

import ast
import subprocess
import sys

import pytest

from duban.settings import REPOSITORY

HOMES = {
    "duckdb": "duban/warehouse/connection.py",
    "great_expectations": "duban/checking/expectations.py",
    "apprise": "duban/reminding/webhook.py",
    "docx": "duban/documents.py",
    "xlsxwriter": "duban/sheets.py duban/endings.py duban/quick_xlsx.py duban/quick_forms.py",
    "python_calamine": "duban/reading/cells.py",
    "distributed": "duban/wide/client.py",
    "fsspec": "duban/wide/storage.py",
    "prefect_dask": "tasks/wide.py",
}
HEAVY = [*HOMES, "prefect", "pandas", "pyarrow"]
ALLOWED = {"duban": {"duban"}, "tasks": {"duban", "tasks"}, "flows": {"duban", "tasks", "flows"}}
SHELL = "duban/commands/base.py"  # the command line runs flows, and takes them in where a command does
MODULES = sorted(path for layer in ALLOWED for path in (REPOSITORY / layer).rglob("*.py"))


def imports(path, at_top_only=False):
    """The top-level packages that a module imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if at_top_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def name_of(path):
    return path.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_flow_from_flows_to_tasks_to_duban(path):
    name = name_of(path)
    own = {layer for layer in imports(path, at_top_only=name == SHELL) if layer in ALLOWED}
    assert own <= ALLOWED[name.partition("/")[0]]


def test_only_flows_and_tasks_know_prefect():
    assert [
        name_of(path) for path in MODULES if name_of(path).startswith("duban/") and "prefect" in imports(path)
    ] == []


@pytest.mark.parametrize("library", HOMES)
def test_a_heavy_library_has_one_home(library):
    assert {name_of(path) for path in MODULES if library in imports(path)} == set(HOMES[library].split())


@pytest.mark.parametrize("statement", ["import duban", "import duban.cli"])
def test_importing_it_imports_nothing_heavy(statement):
    assert loaded_after(statement) == []


def test_help_imports_nothing_heavy():
    assert loaded_after("from duban.cli import run; assert run(['--help']) == 0") == []


def loaded_after(statement: str, heavy: list[str] = HEAVY) -> list[str]:
    code = (
        f"import sys, json\n{statement}\nprint(json.dumps([m for m in {heavy!r} if m in sys.modules]), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    return ast.literal_eval(ended.stderr.splitlines()[-1])  # Prefect may have to say something before


def test_what_runs_on_one_machine_imports_nothing_of_a_cluster():
    wide = ["dask", "distributed", "prefect_dask", "duban.wide.shards", "duban.wide.client", "tasks.wide"]
    assert loaded_after("import flows.collect, flows.quarter", wide) == []
