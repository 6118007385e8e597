"""What a trace tells people."""

from duban.cli_print import table

_ORIGINALS = {
    "same": "原件一致",
    "different": "原件不符",
    "missing": "原件不在",
    "spoilt": "原件已损",
    "unreadable": "原件读不出",
}
_MOST = 400  # cells that are listed for people; --json has all


def render(result: dict) -> str:
    """A trace as lines of Chinese."""
    return "\n".join(_published(result) if result["direction"] == "published" else _submitted(result))


def _published(result: dict) -> list[str]:
    lines = [f"{result['publication']} {result['sheet']}!{result['cell']}：{result['what']}"]
    lines.append(f"印为：{result['printed']}")
    if result["value"] is not None and result["kind"] in ("figure", "count", "light"):
        verdict = "与工作簿一致" if result["agrees"] else "与工作簿不符"
        lines.append(f"重算：{result['value']}（{verdict}）")
    elif result["agrees"] is not None and result["kind"] == "text":
        lines.append(f"核对：{'与原件所填一致' if result['agrees'] else '与原件所填不符'}")
    if result["arithmetic"]:
        lines.append(f"算法：{result['arithmetic']}")
    if light := result["light"]:
        told = [("实绩", "value"), ("目标", "target"), ("序时", "schedule"), ("黄灯线占序时", "threshold")]
        inputs = "，".join(f"{title} {light[word]}" for title, word in told if light[word] is not None)
        lines.append(f"灯的依据：{light['formula']}" + (f"（{inputs}）" if inputs else ""))
    lines += [f"  {note}" for note in result["notes"]]
    cells = result["cells"]
    if not cells:
        return [*lines, "来源：不取自报送的单元格。"]
    lines.append(f"来源：{len(cells)} 格")
    lines += table(_source(cell) for cell in cells[:_MOST])
    if len(cells) > _MOST:
        lines.append(f"  其余 {len(cells) - _MOST} 格见 --json")
    digests = dict.fromkeys((cell["accession"], cell["digest"]) for cell in cells[:_MOST])
    lines.append("文件摘要（SHA-256）：")
    lines += table(digests)
    return lines


def _source(cell: dict) -> list[str]:
    typed = "空白" if not cell["typed"] else f"填“{_brief(cell['typed'])}”"
    value = cell["value"] if cell["value"] is not None else {"not_applicable": "不适用"}.get(cell["state"], "")
    used = f"采用 {_brief(value)}" if value else ""
    words = [cell["name"], cell["accession"], f"{cell['sheet']}!{cell['cell']}", typed, used]
    state = _ORIGINALS[cell["original"]]
    if cell["original"] == "different":
        state += f"（原件为“{_brief(cell['original_typed'] or '')}”）"
    return [*words, state, f"台账更正：{cell['correction']}" if cell["correction"] else ""]


def _submitted(result: dict) -> list[str]:
    where = f"{result['accession']} {result['sheet']}!{result['cell']}"
    lines = [f"{where}：填“{_brief(result['typed'])}”", f"去向：{result['became']}"]
    if result["copy"]:
        lines.insert(1, "所给文件是这件报送的退回副本或改动过的副本，按同一填报内容在原件中的位置追溯。")
    for one in result["publications"]:
        lines.append(f"{one['publication']}：计入 {len(one['fed'])} 格")
        lines += table((f"{fed['sheet']}!{fed['cell']}", fed["what"], _brief(fed["printed"])) for fed in one["fed"])
    return lines


def _brief(text: str, most: int = 40) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= most else f"{text[:most]}……"
