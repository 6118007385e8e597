"""A publication is put together in pieces, so that its memory stays: what comes out is the same."""

import datetime as dt
import shutil

from duban.home import Home
from duban.publishing import marts
from duban.publishing.publish import publish
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.ledgers import load_ledgers
from duban.registry.load import load_registry
from duban.settings import SCHEMAS

NOW = dt.datetime(2023, 4, 25, 9, tzinfo=TIME_ZONE)


def test_a_publication_made_in_pieces_is_that_made_at_once(demo, tmp_path, monkeypatch):
    home = Home(shutil.copytree(demo.root, tmp_path / "home"))
    registry = load_registry(SCHEMAS / "2023", home.plans)
    ledgers, pieces = load_ledgers(SCHEMAS / "2023", registry), []

    def published() -> dict[str, bytes]:
        made = publish(home, registry, Quarter(2023, 1), NOW, draft=True, ledgers=ledgers)
        return {path.name: path.read_bytes() for path in made.folder.iterdir()}

    def gather(connection, *rest):
        pieces.extend(connection.execute("SELECT count(*) FROM pieces").fetchone())
        return whole(connection, *rest)

    whole = marts.gather
    monkeypatch.setattr(marts, "gather", gather)
    at_once = published()
    monkeypatch.setattr(marts, "AT_ONCE", 7)

    assert published() == at_once
    assert len(at_once) == 4
    assert pieces[0] == 1 and pieces[1] > 8
