"""The counts of a publication anew: who reported, whose content is whole, how many lights of each colour."""

import re
from collections import Counter

from duban.reading.cells import Page
from duban.tracing.publication import Publication

OVERVIEW, COVER = "总览", "封面"
APPROVED = "本版由"  # begins the line of 封面 that says who let it pass
OF_ITEMS = ("收到/应报", "已报/应报", "完整/应报")
_FINDINGS = {"结构问题": "structure", "强制问题": "must_fix", "核实问题": "confirm", "提示": "notice"}
_OWN = "自报状态"
Counted = tuple[str | None, str]  # what it comes to (None: a text that has several), and how
_KINDS = {"prefecture": "市州", "department": "处室", "institution": "直属单位"}


def owing(publication: Publication, item: int) -> list[str]:
    """Who owes an item, in the plan's order."""
    return [code for code, reporter in publication.reporters.items() if item in reporter["items"]]


def of_item(publication: Publication, item: int, header: str) -> Counted:
    """`52/60` of those that owe an item."""
    codes = owing(publication, item)
    word = header.partition("/")[0]
    counted = [code for code in codes if _counts(publication, code, item, word)]
    return f"{len(counted)}/{len(codes)}", f"{word} {len(counted)} 家，应报 {len(codes)} 家"


def _counts(publication: Publication, code: str, item: int, word: str) -> bool:
    submission = publication.current.get((publication.quarter, code))
    if word == "收到":
        return bool(publication.received.get(code, []))
    return submission is not None and (word == "已报" or str(item) not in submission["lacking"])


def of_reporter(publication: Publication, code: str, header: str) -> Counted | None:
    """A figure of 报送情况."""
    received = publication.received.get(code, [])
    items = publication.reporters[code]["items"]
    submission = publication.current.get((publication.quarter, code))
    names = "、".join(s["accession"] for s in received) or "没有收到报送"
    if header in _FINDINGS:
        found = [(s["accession"], s["findings"].get(_FINDINGS[header], 0)) for s in received]
        return str(sum(count for _, count in found)), " + ".join(f"{count}（{one}）" for one, count in found)
    match header:
        case "应报项数":
            return str(len(items)), "方案中由该单位填报的重点工作"
        case "收到项数":
            return str(len(items) if received else 0), names
        case "受理项数":
            return str(len(items) if submission else 0), submission["accession"] if submission else "没有已采用的报送"
        case "内容完整":
            whole = [item for item in items if submission and str(item) not in submission["lacking"]]
            return str(len(whole)), "、".join(f"第 {item} 项" for item in whole) or "没有"
        case "报送次数":
            return str(len(received)), names
        case "退回次数":
            returned = [s["accession"] for s in received if s["verdict"] == "returned"]
            return str(len(returned)), "、".join(returned) or "没有退回"
        case "采用的报送":
            return (submission["accession"], "已采用的报送") if submission else None
    return None


def lights(publication: Publication, items: list[int] | None = None) -> Counter:
    """Items by light; `own` where a self-reported state stands in."""
    kept = (light for item, light in publication.items_lit.items() if items is None or item in items)
    return Counter(light.light if light.computed or light.light == "grey" else "own" for light in kept)


def reported(publication: Publication, kind: str | None = None) -> tuple[int, int]:
    """Reporters with a submission that counts, and those that owe something."""
    codes = [c for c, r in publication.reporters.items() if r["items"] and (kind is None or r["kind"] == kind)]
    return sum((publication.quarter, code) in publication.current for code in codes), len(codes)


def in_overview(publication: Publication, page: Page, row: int, column: int) -> tuple[str, str | None, str] | None:
    """What a cell of 总览 or 封面 outside of their tables counts: a tile, a bar, or a text of several counts."""
    kind, text = page.rows[row][column]
    titles = {look[2]: light for light, look in publication.about["signs"].items()} | {_OWN: "own"}
    above = [cells[column][1] for number, cells in page.rows.items() if number < row and column in cells]
    label = above[-1] if above else ""
    if re.fullmatch(r"\d+ 项", text):
        count = lights(publication)
        for title, light in titles.items():
            if label.endswith(title) and light != "grey":
                return f"{title}的重点工作（按灯计数）", f"{count[light]} 项", _listed(publication, {light})
        if "自报" in label or label.endswith("无从判断"):
            return (
                "自报与无从判断的重点工作（按灯计数）",
                f"{count['own'] + count['grey']} 项",
                _listed(publication, {"own", "grey"}),
            )
        return None
    if re.fullmatch(r"\d+/\d+ 家", text):
        counted, whole = reported(publication)
        parts = (f"{title} {'/'.join(map(str, reported(publication, kind)))}" for kind, title in _KINDS.items())
        return "已报单位", f"{counted}/{whole} 家", "、".join(parts)
    if kind == "number":
        return _charted(publication, page, row, column, above, titles)
    if re.search(r"\d", text) and len(text) > 40 and not text.startswith(APPROVED):
        count = lights(publication)
        told = "、".join(f"{title} {count[light]} 项" for title, light in titles.items())
        counted, whole = reported(publication)
        return "由各项灯和已报单位数写成的一段话", None, f"{told}；已报 {counted}/{whole} 家"
    return None


def _charted(publication: Publication, page: Page, row: int, column: int, above: list[str], titles: dict):
    """A bar: items of a chapter by light."""
    header = next((text for text in reversed(above) if text in titles), None)
    categories = [text for at, (kind, text) in page.rows[row].items() if at < column and kind == "text"]
    if header is None or not categories:
        return None
    items = [item for item, record in publication.items.items() if record["chapter"] == categories[-1]]
    if not items:
        return None
    kind = titles[header]
    what = f"篇章“{categories[-1]}”中{header}的重点工作（按灯计数）"
    return what, str(lights(publication, items)[kind]), _listed(publication, {kind}, items)


def _listed(publication: Publication, kinds: set[str], items: list[int] | None = None) -> str:
    """The items of these lights, by number."""
    found = [
        item
        for item, light in publication.items_lit.items()
        if items is None or item in items
        if (light.light if light.computed or light.light == "grey" else "own") in kinds
    ]
    return f"第 {'、'.join(map(str, sorted(found)))} 项" if found else "没有"
