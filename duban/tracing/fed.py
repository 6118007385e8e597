"""From a submission's cell to every published figure that it fed."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

from duban.errors import UserError
from duban.home import Home
from duban.reading.cells import Book
from duban.reading.places import address
from duban.reading.submission import read_stamp
from duban.tracing.cells import Cells
from duban.tracing.originals import Originals, entry_at, place_of
from duban.tracing.publication import Publication, Shelf
from duban.warehouse.connection import open_warehouse, records

_ACCESSION = re.compile(r"\d{4}Q[1-4]-[0-9A-Z]+-\d{2,}")
_PARTS = {
    "printed": "模板所印的内容，不是填报，不作计算",
    "stamp": "隐藏的表签，只用来认定是哪家的哪一期",
    "outside": "写在没有要求填写的地方，没有采用",
}


def trace_submission(
    home: Home, name: str, data: bytes | None, book: Book | None, where: str, place_in: Callable
) -> dict:
    """What became of a cell of a submission: `name` is a file's name, with its `data`, or an accession number alone.

    A returned copy stands for the submission that it answers: its cells are found by what they mean. Raises UserError
    for a submission that nobody knows.
    """
    digest = hashlib.sha256(data).hexdigest() if data is not None else None
    manifests = list(_manifests(home, _year(home, name, digest)))
    accession, known = _identify(home, manifests, name, digest)
    if accession is None:
        raise UserError(_unknown(name, book))
    originals, shelf = Originals(home), Shelf(home.published)
    original = originals.book(known["digest"])
    if not isinstance(original, Book):
        if original == "unreadable":
            raise UserError(f"{accession} 读不出单元格，没有计入任何数：问题见它的答复，请单位另存后重新报送。")
        state, path = "与登记的摘要不符" if original else "不在", home.archived(known["digest"])
        raise UserError(f"{accession} 的原件{state}（{path}），不能追溯：请从备份恢复后重试。")
    copied = digest is not None and digest != known["digest"]
    sheet, row, column, (_, typed) = place_in(book if copied else original, where)
    entry = entry_at(book if copied else original, sheet, row, column)
    source, answer = (sheet, row, column), []
    if isinstance(entry, tuple):
        source = place_of(original, *entry) or source
        every = {manifest["publication"]: manifest for _, manifest in manifests}
        answer = [_fed(every, name, accession, entry, shelf) for name in every]
    part = "entry" if isinstance(entry, tuple) else entry
    return {
        "direction": "submitted",
        "accession": accession,
        "digest": known["digest"],
        "copy": copied,
        "sheet": source[0],
        "cell": address(*source[1:]),
        "typed": typed,
        "part": part,
        "table": entry[0] if part == "entry" else None,
        "key": entry[1] if part == "entry" else None,
        "field": entry[2] if part == "entry" else None,
        "verdict": known["verdict"],
        "superseded_by": known.get("superseded_by"),
        "became": _PARTS.get(part) or _fate(known, answer),
        "publications": [one for one in answer if one["fed"]],
    }


def _fed(every: dict[str, dict], name: str, accession: str, entry: tuple[str, str, str], shelf: Shelf) -> dict:
    """The cells of one publication that an entry fed, those that tell of an earlier publication as well."""
    counted = [name, every[name].get("base"), every[name].get("before")]
    counts = any(
        one["accession"] == accession and one["current"]
        for manifest in (every.get(other) for other in counted)
        for one in (manifest or {"submissions": []})["submissions"]
    )
    return {"publication": name, "fed": cells_fed(shelf.opened(name), (accession, *entry), shelf) if counts else []}


def cells_fed(publication: Publication, entry: tuple[str, str, str, str], shelf: Shelf) -> list[dict]:
    """Every published cell that is made of an entry, in the workbook's order."""
    cells = Cells(publication, shelf)
    holds: dict[tuple, bool] = {}
    found = []
    submission = publication.submissions.get(entry[0])
    name = submission and publication.reporters[submission["reporter"]]["name"]
    for sheet, row, column, figure in cells.all(name):
        for key in figure.keys:
            if key not in holds:
                holds[key] = any(source.entry == entry for source in cells.figures.sources(key))
            if holds[key]:
                printed = publication.pages[sheet].rows[row][column][1]
                found.append({"sheet": sheet, "cell": address(row, column), "what": figure.what, "printed": printed})
                break
    return found


def _year(home: Home, name: str, digest: str | None) -> str:
    """The year whose publications can know of a submission; '' where any may, for want of a warehouse that tells."""
    if not home.warehouse.exists():
        return ""
    spelled, stored = _ACCESSION.search(name), digest and _stored(home, digest)
    return (stored["quarter"] if stored else spelled[0] if spelled else "")[:4]


def _manifests(home: Home, year: str):
    for path in sorted(home.published.glob(f"{year}*/manifest.json")):
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            manifest["submissions"], manifest["workbook"]["name"]
        except (ValueError, KeyError, TypeError):
            raise UserError(f"{path} 残缺，不能读取：请从备份恢复该发布后重试。") from None
        yield path, manifest


def _identify(home: Home, manifests: list, name: str, digest: str | None) -> tuple[str | None, dict]:
    """The submission that a file is, by its bytes; else the one that a copy answers, by the number in its name."""
    spelled = _ACCESSION.search(name)
    for wanted, word in ((digest, "digest"), (spelled and spelled[0], "accession")):
        if wanted is None:
            continue
        for _, manifest in reversed(manifests):
            rows = [one for one in manifest["submissions"] if one[word] == wanted]
            for one in sorted(rows, key=lambda one: not one["current"]):
                return one["accession"], one | {"superseded_by": _successor(manifest, one)}
        if (found := _stored(home, wanted)) is not None:
            return found["accession"], found
    return None, {}


def _successor(manifest: dict, one: dict) -> str | None:
    """The submission that counts in the place of an accepted one."""
    if one["current"] or one["verdict"] != "accepted":
        return None
    of = one["quarter"], one["reporter"]
    rows = manifest["submissions"]
    return next((row["accession"] for row in rows if row["current"] and (row["quarter"], row["reporter"]) == of), None)


def _stored(home: Home, wanted: str) -> dict | None:
    """A submission that no publication knows yet, from the warehouse."""
    if not home.warehouse.exists():
        return None
    with open_warehouse(home.warehouse, read_only=True) as connection:
        found = records(connection, "queries/trace/submission", wanted=wanted)
    return found[0] if found else None


def _fate(known: dict, answer: list[dict]) -> str:
    """What became of an entry, in words."""
    if any(one["fed"] for one in answer):
        return "已计入发布的汇总簿"
    if known["verdict"] == "returned":
        return "该件已退回修改，没有计入"
    if known["verdict"] == "set_aside":
        return "该件已搁置，没有计入"
    if known.get("superseded_by"):
        return f"该件已被 {known['superseded_by']} 取代，没有计入"
    if not answer:
        return "还没有发布过汇总簿"
    return "已受理，但没有哪个发布的数或文字用到这一格"


def _unknown(name: str, book: Book | None) -> str:
    stamp = read_stamp(book) if book else None
    if stamp and stamp.get("quarter"):
        return (
            f"{Path(name).name} 还没有收取（{stamp['quarter']} {stamp.get('reporter', '')} 的填报表）："
            f"请先运行 duban collect {stamp['quarter']}。"
        )
    return f"{name} 不是收到过的报送，也不是汇总簿：请给出 published/ 或 archive/ 下的文件，或报送编号。"
