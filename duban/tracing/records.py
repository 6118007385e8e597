"""The very hidden sheet of a publication: what its figures were made by, one JSON record a row.

Column A says of what kind a record is, the columns after it hold its JSON, cut where a cell would be too long. So a
workbook explains itself without warehouse, schemas or the duban that wrote it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

SHEET = "_lineage"
_PIECE = 16_000  # characters; a cell holds 32,767 UTF-16 units, and a character takes no more than two


def text_of(record: Mapping) -> str:
    """A record as JSON."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=str)


def pieces_of(kind: str, text: str) -> list[str]:
    """A record as the cells of its row."""
    return [kind, *(text[at : at + _PIECE] for at in range(0, len(text), _PIECE))]


def records_of(rows: Iterable[Iterable[str]]) -> dict[str, list[dict]]:
    """Records by kind, in their order. Raises ValueError for what is not such a sheet."""
    found = defaultdict(list)
    for kind, *pieces in rows:
        record = json.loads("".join(pieces))
        if not isinstance(record, dict):
            raise ValueError(f"a record of kind {kind!r} is not an object")
        found[kind].append(record)
    return found
