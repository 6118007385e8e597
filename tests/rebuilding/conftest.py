import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
from past import Past, live, new_home

from duban.home import Home


@pytest.fixture(scope="module")
def lived(tmp_path_factory, validator) -> Past:
    past = new_home(tmp_path_factory.mktemp("past"), validator)
    live(past)
    return past


@pytest.fixture
def past(lived, tmp_path) -> Past:
    """A copy of its own, that a test may spoil."""
    shutil.copytree(lived.home.root, tmp_path / "home")
    return replace(lived, settings=replace(lived.settings, home=Home(tmp_path / "home")))


@pytest.fixture
def rebuild(validator) -> Callable[[Home], dict]:
    from duban.rebuilding.rebuild import rebuild

    return lambda home: rebuild(home, validator, lambda title: lambda done, total: None)
