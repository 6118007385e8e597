"""A burst with hostile files and a flood is decided whole, in bounded batches, and the flood keeps nobody waiting."""

import pytest

from tests.robustness.burst import burst

pytestmark = [pytest.mark.slow, pytest.mark.engine(seconds=10)]


def test_a_burst_is_decided_whole_and_the_others_do_not_wait_for_the_flood(tmp_path):
    told = burst(200, tmp_path, at_once=100)
    assert told.undecided == 0
    assert [held for held, _ in told.batches] == [100, 100]
    assert told.batches[0][1] == sum(first for _, first in told.batches) > 50  # every other reporter, in the first
