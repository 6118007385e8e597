"""What verification tells people."""

from duban.cli_print import table

_CHECKS = {
    "archive": "归档",
    "cells": "单元格",
    "entries": "读数",
    "manifest": "清单",
    "figures": "数",
    "lights": "灯",
    "lineage": "来源记录",
    "rebuild": "重建",
}
_COLUMNS = {
    "accession": "报送编号",
    "cells": "非空",
    "used": "采用",
    "superseded": "被取代",
    "set_aside": "搁置",
    "refused": "退回",
    "printed": "模板所印",
    "stamp": "表签",
    "outside": "表外",
}
_MOST = 50  # faults that are listed for people; --json has all


def render(result: dict) -> str:
    """The balance, what was held, and every fault with its place."""
    lines = [f"报送 {result['submissions']} 件，归档原件 {result['files']} 个。单元格的去向："]
    rows = [row for row in result["balance"] if not row["balanced"]]
    total = {"accession": "合计", **result["cells"]}
    lines += table([_COLUMNS.values(), *([str(row[word]) for word in _COLUMNS] for row in [*rows, total])])
    lines.append("  收支相符。" if result["cells"]["balanced"] else "  收支不符的报送列在合计之上。")
    for one in result["publications"]:
        lines.append(f"{one['publication']}：核对 {one['figures']} 格。{one['note']}")
    faults = result["faults"]
    if not faults:
        return "\n".join([*lines, "全部相符。"])
    lines.append(f"不符 {len(faults)} 处：")
    for fault in faults[:_MOST]:
        at = " ".join(filter(None, (fault["publication"], fault["accession"], fault["file"])))
        cell = f"{fault['sheet']}!{fault['cell']}" if fault["sheet"] else ""
        lines.append(f"  [{_CHECKS[fault['check']]}] {' '.join(filter(None, (at, cell)))}：{fault['what']}")
        if fault["found"] or fault["wanted"]:
            lines.append(f"        现为 {_brief(fault['found'])}，应为 {_brief(fault['wanted'])}")
    if len(faults) > _MOST:
        lines.append(f"  其余 {len(faults) - _MOST} 处见 --json")
    return "\n".join(lines)


def _brief(text: str) -> str:
    text = text.replace("\n", " ") or "（无）"
    return text if len(text) <= 80 else f"{text[:80]}……"
