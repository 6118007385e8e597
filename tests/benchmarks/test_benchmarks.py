"""The yardstick: it measures what it says, peers find what duban finds, and what is made for it is real."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.cases import GX, INFLATED, PANDERA, READ, SQL, STAGES
from benchmarks.checks import differences
from benchmarks.cycle import COLLECTING
from benchmarks.measure import measure
from benchmarks.report import MEASUREMENTS, TABLES, write_report
from duban.settings import REPOSITORY


@pytest.mark.slow
@pytest.mark.engine(seconds=40)
def test_one_command_measures_sixty_and_goes_on_where_it_stopped(tmp_path):
    words = ["--sizes", "60", "--runs", "1", "--only", "collect", "checks", "--out", tmp_path]

    def run() -> list[dict]:
        subprocess.run([sys.executable, "-m", "benchmarks", *map(str, words)], cwd=REPOSITORY, check=True)
        return [json.loads(line) for line in (tmp_path / MEASUREMENTS).read_text(encoding="utf-8").splitlines()]

    measured = run()  # it fails where a peer finds other rows than Great Expectations

    assert {line["case"]: tuple(line["stages"]) for line in measured} == {
        INFLATED: ("imports", "inflate"),
        READ: ("imports", "calamine"),
        STAGES: ("imports", *COLLECTING, "publish"),
        **dict.fromkeys((GX, PANDERA, SQL), ("imports", "check")),
    }
    assert all(line["seconds"] > 0 and line["processors"] > 0 and line["memory"] > 0 for line in measured)
    assert [pq.read_table(path).num_rows for path in (tmp_path / "scratch").glob("failed-60-*.parquet")] == [5, 5, 5]
    assert {path.name for path in tmp_path.glob("*.svg")} == {"seconds.svg", "stages.svg", "memory.svg"}
    assert all(ElementTree.parse(path).getroot().tag.endswith("svg") for path in tmp_path.glob("*.svg"))
    assert run() == measured


def test_a_peer_that_finds_other_rows_is_told(tmp_path):
    def failures(name, *rows):
        path = tmp_path / name
        numbers, rules = zip(*rows, strict=True)
        pq.write_table(pa.table({"n": numbers, "rule": rules}), path)
        return path

    one = failures("one", (7, "figure_falls"), (3, "date_outside_year"))
    assert differences(one, failures("same", (3, "date_outside_year"), (7, "figure_falls"))) == ""
    assert "(7, 'figure_falls')" in differences(one, failures("fewer", (3, "date_outside_year")))
    assert "(7, 'part_above_whole')" in differences(
        one, failures("other", (3, "date_outside_year"), (7, "part_above_whole"))
    )


def test_what_a_command_leaves_behind_is_counted_too():
    burn = "import time; held = bytearray(200 << 20)\nwhile time.process_time() < 0.6: pass"
    detached = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}], start_new_session=True)"

    took = measure(["-c", f"print('stage start', flush=True)\n{detached}\nprint('hello')"])

    assert took.processors >= 0.6
    assert took.memory > 200
    assert took.printed == ["hello"]
    assert list(took.stages) == ["start"]


def test_memory_that_a_child_runs_in_until_it_is_a_program_of_its_own_counts_once(tmp_path):
    os.mkfifo(tmp_path / "fifo")  # a child that opens it waits, in its parent's memory, for somebody who writes
    begin = """
import os, subprocess, sys
held, fifo = b'x' * (100 << 20), sys.argv[1]
for _ in range(6):
    writer = subprocess.Popen(['sh', '-c', 'sleep 0.07; : > "$0"', fifo])
    opens = [(os.POSIX_SPAWN_OPEN, 0, fifo, os.O_RDONLY, 0)]
    os.waitpid(os.posix_spawn('/bin/true', ['true'], {}, file_actions=opens), 0)
    writer.wait()
"""
    assert 100 < measure(["-c", begin, str(tmp_path / "fifo")]).memory < 150


def test_a_command_that_fails_is_no_measurement():
    with pytest.raises(SystemExit, match="ended with 3"):
        measure(["-c", "raise SystemExit(3)"])


def test_tables_take_their_places_in_a_document_and_say_what_was_not_measured(tmp_path):
    def line(case, size, run, seconds, **stages):
        stages = {name: {"seconds": one, "processors": one, "memory": 100 * one} for name, one in stages.items()}
        told = {"case": case, "size": size, "seconds": seconds, "processors": seconds, "memory": 50, "stages": stages}
        return json.dumps(told | {"commit": "abc", "machine": "a machine", "at": f"2023-04-01T0{run}:00:00+00:00"})

    parts = dict.fromkeys(("imports", *COLLECTING, "publish"), 1.0)
    drawn = [line(READ, 6000, run, 9.0, calamine=4.0 + run) for run in range(3)]
    drawn += [line(STAGES, 6000, run, 9.0, **parts) for run in range(3)]
    (tmp_path / MEASUREMENTS).write_text("\n".join(drawn) + "\n")
    (tmp_path / "images").mkdir()
    document = tmp_path / "costs.md"
    document.write_text("Before.\n<!-- table: shown -->\nold\n<!-- end -->\nAfter.\n")

    write_report(tmp_path, document)

    text = document.read_text(encoding="utf-8")
    assert text.startswith("Before.\n<!-- table: shown -->\n|  | wanted | measured |  |\n")
    assert text.endswith("\n<!-- end -->\nAfter.\n")
    assert "| Collecting 6,000, beside calamine alone over the same files | at most 2 | 1.20 | reached |" in text
    assert text.count("| not measured |") == 8
    assert (tmp_path / "images" / "stages.svg").exists()
    assert all(f"## {name}\n" in (tmp_path / "report.md").read_text(encoding="utf-8") for name in TABLES)
