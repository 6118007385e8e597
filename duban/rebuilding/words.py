"""What `duban rebuild` tells people."""

STATES = {
    "same": "逐字节相同",
    "restored": "文件缺失或被改动过，已按登记的摘要重新生成",
    "older": "由 {duban} 版发布，文件完好；现在的版本样式不同，未改动它",
    "different": "重建的结果与登记的摘要不同，没有写进 published/，请运行 duban verify 查看",
}
KINDS = {
    "opened": "布置",
    "due": "时限",
    "templates": "填报表",
    "received": "收取",
    "answered": "答复",
    "closed": "截止",
    "reopened": "重新开放",
    "decided": "审定",
    "pinned": "汇总",
    "published": "发布",
    "reminded": "催报",
    "mailed": "发送答复",
}
_MOST = 20  # differences that are listed


def render(result: dict) -> str:
    """The outcome in a few lines: what was done again, what differs, where the warehouses are."""
    lines = [f"由归档重演 {result['steps']} 步、{result['files']} 个原件。"]
    if result["note"]:
        lines.append(f"{result['note']}。")
    lines += [_odd(one) for one in result["odd"][:_MOST]]
    if len(result["odd"]) > _MOST:
        lines.append(f"  …… 共 {len(result['odd'])} 步不同，--json 可见全部。")
    if result["odd"]:
        versions = "、".join(result["duban"])
        lines += [
            f"重演的结果与当时的记录不同，没有替换原数据仓库；重建的放在 {result['warehouse']}。",
            f"当时的记录由 duban {versions} 版写成：请核对密钥是否齐全，或用当时的版本重建。",
        ]
        return "\n".join(lines)
    if result["compared"]:
        differ = len(result["tables"])
        alike = result["compared"] - differ
        lines.append(f"与原数据仓库比对 {result['compared']} 张表：{alike} 张完全相同，{differ} 张不同。")
    lines += [_table(one) for one in result["tables"] or ()]
    for one in result["publications"]:
        lines.append(f"汇总簿 {one['publication']}：{STATES[one['state']].format(**one)}。")
    lines += _outbox(result["outbox"])
    lines.append(f"数据仓库已重建：{result['warehouse']}")
    if result["kept"]:
        lines.append(f"原来的留作 {result['kept']}，确认无误后可以删除。")
    return "\n".join(lines)


def _outbox(told: dict) -> list[str]:
    lines = []
    if told["answers"] or told["workbooks"]:
        lines.append(f"outbox/ 中缺失的已重新写出：填报表 {told['workbooks']} 份、答复 {told['answers']} 份。")
    if told["changed"]:
        lines.append(f"缺失的填报表另有 {told['changed']} 份会与当时下发的不同，没有写：请运行 duban open 下发。")
    return lines


def _odd(one: dict) -> str:
    what = f"第 {one['step']} 步（{one['quarter']} {KINDS[one['kind']]}）的 {one['what']}"
    return f"  {what}：当时为 {one['was']}，重演为 {one['is']}"


def _table(one: dict) -> str:
    old, new = one["rows"]
    counts = f"原 {old} 行、重建 {new} 行，原有而重建没有 {one['only_old']} 行，重建有而原没有 {one['only_new']} 行"
    return f"  {one['table']}：{counts}；如：{one['example']}"
