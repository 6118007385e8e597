import pytest
from desk import Desk, desk_at


@pytest.fixture
def desk(tmp_path) -> Desk:
    return desk_at(tmp_path)
