import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from duban.errors import RegistryError
from duban.registry.load import load_registry
from duban.registry.registry import Registry

SCHEMAS = Path(__file__).parents[2] / "schemas"


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry(SCHEMAS / "2023")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the plan of 2023 to spoil."""
    return Path(shutil.copytree(SCHEMAS / "2023", tmp_path / "2023"))


@pytest.fixture
def refusal(folder: Path) -> Callable[..., str]:
    """Replaces one text of one file (or appends to it, given no old text) and returns the refusal."""

    def spoil(name: str, old: str, new: str) -> str:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")
        with pytest.raises(RegistryError) as caught:
            load_registry(folder)
        return str(caught.value)

    return spoil
