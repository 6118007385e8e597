"""Publications: manifests that agree, figures that follow from their listed cells, workbooks that come out the same."""

import json
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from duban.errors import UserError
from duban.files import digest_of
from duban.home import Home
from duban.publishing import marts
from duban.publishing.pins import VERSION, Edition
from duban.publishing.publish import write_files
from duban.reading.cells import Book
from duban.reading.places import address
from duban.tracing.cells import Cells
from duban.tracing.changed import CHANGES, EFFECT, TOTAL
from duban.tracing.figures import plain
from duban.tracing.originals import Originals, word_of
from duban.tracing.publication import Light, Publication, Shelf, figure_of, read_workbook
from duban.tracing.records import SHEET, records_of
from duban.tracing.trace import told
from duban.verifying.fault import Fault
from duban.warehouse.connection import IN_PIECES, open_warehouse, records

Progress = Callable[[int, int], None]
_MADE_UP = "补齐"  # an overdue target that was made up is yellow in that quarter, and its formula says so
MANIFEST = "manifest.json"


def verify_manifest(home: Home, record: dict) -> list[Fault]:
    """The publication's folder is whole, and manifest, files and warehouse tell the same digests and submissions."""
    name = record["publication"]
    folder = home.published / name
    lost = [file for file in (f"{name}.xlsx", MANIFEST) if not (folder / file).is_file()]
    if lost:
        return [Fault("manifest", "已发布的文件不在", name, file=file) for file in lost]
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        listed = {row["accession"]: row for row in manifest["submissions"]}
        digests = {one["name"]: one["sha256"] for one in manifest.values() if isinstance(one, dict) and "sha256" in one}
    except (ValueError, KeyError, TypeError):
        return [Fault("manifest", "清单残缺，不能读取", name, file=MANIFEST)]
    faults = []

    def hold(what: str, found: object, wanted: object, file: str = MANIFEST, accession: str = "") -> None:
        if found != wanted:
            words = ("" if value is None else str(value) for value in (found, wanted))
            faults.append(Fault("manifest", what, name, accession, file, "", "", *words))

    workbook = digest_of(folder / f"{name}.xlsx")
    hold("工作簿与发布时登记的摘要不符", workbook, record["workbook"], f"{name}.xlsx")
    hold("清单中工作簿的摘要与登记的不符", digests.pop(f"{name}.xlsx", None), record["workbook"])
    for file, digest in digests.items():
        path = folder / Path(file).name
        hold("文件与清单中的摘要不符", digest_of(path) if path.is_file() else None, digest, file)
    for word in ("publication", "quarter", "revision", "registry", "duban"):
        hold(f"清单中的 {word} 与登记的不符", manifest.get(word), record[word])
    with open_warehouse(home.warehouse, read_only=True) as connection:
        pinned = records(connection, "queries/verify/pinned", publication=name)
    for row in pinned:
        found = listed.pop(row["accession"], None)
        if found is None:
            hold("清单缺少一件报送", None, row["accession"], accession=row["accession"])
            continue
        for word in ("quarter", "reporter", "digest", "verdict", "current"):
            hold(f"清单中报送的 {word} 与登记的不符", found.get(word), row[word], accession=row["accession"])
    for accession in listed:
        hold("清单多出一件没有登记的报送", accession, None, accession=accession)
    return faults


def verify_figures(shelf: Shelf, name: str, originals: Originals, progress: Progress) -> tuple[list[Fault], int]:
    """Every figure, count, light and text of the workbook follows from its listed cells; those are as they were typed.
    Returns the faults, and how many cells were held."""
    try:
        publication = shelf.opened(name)
    except UserError as error:
        return [Fault("figures", str(error), name, file=f"{name}.xlsx")], 0
    path, cells = publication.path, Cells(publication, shelf)
    faults = [*_sources(publication, originals), *_lights(publication), *_changes(cells)]
    every = list(cells.all())
    for done, (sheet, row, column, figure) in enumerate(every, start=1):
        answer = told(cells, figure, sheet, row, column, originals)
        if answer["agrees"] is False:
            what = f"{answer['what']}，重算与所印不符"
            place = {"file": path.name, "sheet": sheet, "cell": answer["cell"]}
            faults.append(Fault("figures", what, name, **place, found=answer["printed"], wanted=answer["value"]))
        if done % 500 == 0 or done == len(every):
            progress(done, len(every))
    return faults, len(every)


def _sources(publication: Publication, originals: Originals) -> list[Fault]:
    """Each listed cell: its typed text is the archived one, and its value what that reads as, but for corrections."""
    faults = []
    for source in publication.sources.values():
        original = originals.of(source)
        where = {"publication": publication.name, "file": publication.path.name, "sheet": source.listed}
        where |= {"accession": source.accession, "cell": str(source.row)}
        at = f"{source.accession} {source.sheet}!{source.cell}"
        if original.state != "same":
            if original.state == "different":
                faults.append(Fault("figures", f"{at} 的填写原文与归档原件不符", **where, found=source.typed or "",
                                    wanted=original.typed or ""))  # fmt: skip
            continue
        if source.correction:
            continue  # its value is the ledger's, which rebuilding holds
        value = original.value
        wanted = value.number if value.state == "value" else None
        if (source.state, source.value) != (value.state, wanted):
            found = plain(source.value) if source.value is not None else source.state
            faults.append(Fault("figures", f"{at} 的采用值不是所填内容的读数", **where, found=found,
                                wanted=word_of(value, original.typed or "")))  # fmt: skip
    return faults


def _lights(publication: Publication) -> list[Fault]:
    """Each stored light of a measure holds the value that its cells come to, and is what that value makes it."""
    cells, faults = Cells(publication), []
    for (scope, item, subject, reporter), light in publication.lights.items():
        if scope not in ("measure", "reporter_measure"):
            continue
        figure = cells.measured.stands(subject, reporter)
        if figure.value != light.value:
            words = ("无" if value is None else plain(value) for value in (light.value, figure.value))
            what = f"第 {item} 项 {figure.what} 的灯所依据的数，重算不符"
            faults.append(Fault("lights", what, publication.name, "", publication.path.name, "", "", *words))
        judged = _judged(light)
        made_up = judged == "done" and light.light == "yellow" and _MADE_UP in light.formula
        if light.light != judged and not made_up:
            what = f"第 {item} 项 {figure.what} 的灯不是由其依据得出的"
            faults.append(
                Fault("lights", what, publication.name, "", publication.path.name, "", "", light.light, judged)
            )
    return faults


def _changes(cells: Cells) -> list[Fault]:
    """The effects that 本期变化 tells of a measure add up to its change against each publication that it is compared
    with: no measure and no cause is left out."""
    publication, told = cells.publication, defaultdict(Decimal)
    for row in cells.rows(CHANGES):
        if row.get("类别") == "指标数" and row.get("原因") != TOTAL:
            told[row["对比"].rpartition(" ")[2], row["指标编码"]] += figure_of(row.get(EFFECT, "0"))
    faults = []
    for name in filter(None, (publication.about["base"], publication.about["before"])):
        changes, where = cells.changes(name), {"file": publication.path.name, "sheet": CHANGES}
        if changes is None:
            faults.append(Fault("figures", f"对比的 {name} 不在或不能读取，变化不能核对", publication.name, **where))
            continue
        for measure in changes.measures:
            found, wanted = told[name, measure], changes.difference(measure)
            if found != wanted:
                what = f"{measure} 与 {name} 相比，各原因的影响之和与变化不符"
                faults.append(
                    Fault("figures", what, publication.name, **where, found=plain(found), wanted=plain(wanted))
                )
    return faults


def _judged(light: Light) -> str:
    """What a measure's stored inputs make of its light."""
    value, target, schedule, threshold = light.value, light.target, light.schedule, light.threshold
    if None in (value, target, schedule):
        return "grey"
    due = target * schedule
    if value >= target:
        return "done"
    return "green" if value >= due else "yellow" if value >= due * threshold else "red"


def verify_rebuild(home: Home, record: dict, scratch: Path, progress: Progress) -> tuple[list[Fault], str]:
    """The publication comes out of the warehouse byte for byte, under the rules, look and wordings it was pinned with.
    Returns the faults and a note where only the version of duban makes a difference."""
    name = record["publication"]
    edition = Edition(**{word: record[word] for word in Edition.__dataclass_fields__})
    folder, aside = scratch / name, scratch / f"{name}.marts"
    folder.mkdir(parents=True)
    aside.mkdir()
    workbook = folder / f"{name}.xlsx"
    try:
        with open_warehouse(home.warehouse, read_only=True, read_from=[aside], **IN_PIECES) as connection:
            rules = marts.registry_of_edition(connection, edition, None)
            marts.stage(connection, edition, rules)
            material = marts.gather(connection, rules, aside)
    except UserError as error:
        return [Fault("rebuild", f"不能按登记重建：{error}", name)], ""
    workbook = write_files(folder, material, progress)
    issued = home.published / name
    files = sorted(path.name for path in folder.iterdir())
    odd = [
        file
        for file in files
        if (issued / file).is_file() and (issued / file).read_bytes() != (folder / file).read_bytes()
    ]
    faults, note = [], ""
    if workbook.name in odd:
        faults = _differences(name, issued / workbook.name, workbook)
        older = record["duban"] != VERSION
        if not faults and older:
            note = f"{name} 由 duban {record['duban']} 发布，现为 {VERSION}：重建的内容逐格相同，只有样式或版本不同。"
        elif not faults:
            faults = [Fault("rebuild", "工作簿的内容逐格相同，样式或字节不同", name, file=workbook.name)]
    for file in odd:
        follows = file == MANIFEST and len(odd) > 1  # its digests are those of the other files
        if file != workbook.name and not follows and not note:
            faults.append(_first_line(name, issued / file, folder / file))
    return faults, note


def _differences(name: str, issued: Path, rebuilt: Path) -> list[Fault]:
    """The cells in which two workbooks differ."""
    try:
        old, new = (_grid(read_workbook(path)[1]) for path in (issued, rebuilt))
    except UserError as error:
        return [Fault("rebuild", str(error), name, file=issued.name)]
    what = "与由数据仓库重建的工作簿不符"
    return [
        Fault("rebuild", what, name, "", issued.name, *place, found=old.get(place, ""), wanted=new.get(place, ""))
        for place in sorted(old.keys() | new.keys())
        if old.get(place) != new.get(place)
    ]


def _grid(book: Book) -> dict[tuple[str, str], str]:
    """Every cell's text; a record of the lineage is one, however it is spelled and cut."""
    found = {
        (page.name, address(row, column)): text
        for page in book.pages
        if page.name != SHEET
        for row, cells in page.rows.items()
        for column, (_, text) in cells.items()
    }
    for page in book.pages:
        if page.name == SHEET:
            for row, cells in page.rows.items():
                [(kind, [record])] = records_of([[text for _, text in cells.values()]]).items()
                found[SHEET, address(row, 1)] = f"{kind} {json.dumps(record, ensure_ascii=False, sort_keys=True)}"
    return found


def _first_line(name: str, issued: Path, rebuilt: Path) -> Fault:
    """The first line in which two text files differ; of others only that they do."""
    if issued.suffix not in (".json", ".csv"):
        return Fault("rebuild", "与由数据仓库重建的文件不符", name, file=issued.name)
    old, new = (path.read_text(encoding="utf-8-sig", errors="replace").splitlines() for path in (issued, rebuilt))
    at = next((n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new)))
    found, wanted = (lines[at].strip() if at < len(lines) else "" for lines in (old, new))
    return Fault("rebuild", f"第 {at + 1} 行与由数据仓库重建的不符", name, file=issued.name, found=found, wanted=wanted)
