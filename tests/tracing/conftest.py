import shutil
from dataclasses import replace

import pytest
from archived import Archive, copy_published_twice

from duban.home import Home


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Archive:
    """The sample quarter, published twice; not to be changed."""
    return copy_published_twice(tmp_path_factory.mktemp("published"))


@pytest.fixture
def spoilable(published, tmp_path) -> Archive:
    """A copy of it."""
    shutil.copytree(published.home.root, tmp_path / "home")
    return replace(published, home=Home(tmp_path / "home"))
