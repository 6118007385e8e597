"""No mutant of a good submission is read otherwise than its cells say, and the judge of that can find a bad reader."""

import os
import sys
import textwrap
import warnings

from tests.robustness.mutants import run

COUNT = int(os.environ.get("DUBAN_MUTANTS", "100"))
# The reader as it would be if it believed its parser: every sheet is taken for plain, and nothing is held against it.
BELIEVING = """
    from duban.reading import cells, sheetxml

    sheetxml._plain = lambda xml: True
    cells._held_against = lambda page, walked: page

    from duban.reading.child import work
    work()
"""


def test_no_mutant_is_read_otherwise_than_its_cells_say(tmp_path):
    with warnings.catch_warnings(action="ignore"):  # of parts that stand twice, on purpose
        result = run(COUNT, 4, tmp_path)
    assert result.wrong == []
    read, refused = sum(result.read.values()), sum(result.refused.values())
    assert read + refused == COUNT
    assert min(read, refused) > COUNT / 5  # both are tried


def test_a_reader_that_believes_its_parser_is_found_out(tmp_path):
    script = tmp_path / "believing.py"
    script.write_text(textwrap.dedent(BELIEVING))
    with warnings.catch_warnings(action="ignore"):
        result = run(30, 4, tmp_path / "mutants", command=(sys.executable, str(script)))
    assert result.wrong != []
