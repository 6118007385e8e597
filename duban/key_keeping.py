"""What the data team does with the keys of a home: looking at them, and replacing the one that signs."""

import datetime as dt

from duban.cli_print import table
from duban.fillin.keys import Key, all_keys, rotate
from duban.home import Home
from duban.runs import run_folder
from duban.warehouse.connection import open_warehouse, query


def listed(home: Home) -> dict:
    """{"keys": [{id, file, created, retired, quarters, signs}]}, the one that signs first; never a key itself."""
    return {"keys": [_told(key, place == 0) for place, key in enumerate(all_keys(home.keys))]}


def rotated(home: Home, now: dt.datetime) -> dict:
    """Replace the key that signs, while no run issues anything: {"new", "old"}, each as `listed` tells it, `old` None
    where there was none. Raises UserError as `duban.fillin.keys.rotate` does."""
    with run_folder(home, "keys"):
        quarters = []
        if home.warehouse.exists():
            with open_warehouse(home.warehouse) as connection:
                quarters = [quarter for (quarter,) in query(connection, "queries/issued_quarters")]
        old, new = rotate(home.keys, quarters, now)
    after = {key["id"]: key for key in listed(home)["keys"]}
    return {"new": after[new.id], "old": after[old.id] if old else None}


def render(result: dict) -> str:
    """The keys as a Chinese table."""
    if not result["keys"]:
        return "还没有密钥：第一次运行 duban open 时自动生成。"
    rows = [("编号", "用途", "生成", "停用", "可核验的报告期", "文件")]
    for key in result["keys"]:
        quarters = "全部" if key["quarters"] is None else "、".join(key["quarters"]) or "无"
        times = [(key[word] or "").replace("T", " ")[:16] for word in ("created", "retired")]
        rows.append((key["id"], "签发" if key["signs"] else "只核验", *times, quarters, key["file"] or "环境变量"))
    return "\n".join(table(rows, indent=""))


def render_rotated(result: dict) -> str:
    """What the new key means for workbooks that are out."""
    new, old = result["new"], result["old"]
    lines = [f"已换上新密钥 {new['id']}，此后下发和退回的填报表都用它签发。"]
    if old:
        quarters = "、".join(old["quarters"])
        reach = f"仍可核验 {quarters} 已下发的填报表，这些表照常填报，不必重发" if quarters else "没有下发过填报表"
        lines.append(f"旧密钥 {old['id']} 停止签发，{reach}；它不能用于以后的报告期。")
        lines.append("请不要删去旧密钥的文件：重建数据仓库时还要用它核验以前的报送。请随即备份 keys/。")
    return "\n".join(lines)


def _told(key: Key, signs: bool) -> dict:
    return {
        "id": key.id,
        "file": key.path.name if key.path else None,
        "created": key.created,
        "retired": key.retired,
        "quarters": None if key.quarters is None else sorted(key.quarters),
        "signs": signs and key.retired is None,
    }
