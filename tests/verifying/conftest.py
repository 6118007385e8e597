import shutil
from dataclasses import replace

import pytest
from archived import Archive, copy_published_twice

from duban.home import Home


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Archive:
    """The sample quarter, published twice; not to be changed."""
    return copy_published_twice(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def few(tmp_path_factory) -> Archive:
    """As `published`, of a few reporters."""
    return copy_published_twice(tmp_path_factory.mktemp("few"), most=3)


@pytest.fixture
def spoilable(few, tmp_path) -> Archive:
    """A copy of `few`."""
    shutil.copytree(few.home.root, tmp_path / "home")
    return replace(few, home=Home(tmp_path / "home"))
