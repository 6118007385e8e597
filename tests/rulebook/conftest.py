import pytest
from desk import write_plan

from duban.registry.load import load_registry


@pytest.fixture
def desk_with(tmp_path):
    """The small plan with another text of its item 7."""

    def build(text: str):
        folder = write_plan(tmp_path / "plan")
        (folder / "items" / "07_share.yaml").write_text(text, encoding="utf-8")
        return load_registry(folder)

    return build
