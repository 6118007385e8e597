"""What stays in the intake folder, and why: one word for programs, one sentence for the data team."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_FEW = 5  # files of one reason that are named
_SENTENCES = {
    "open": "旁边有占用文件，可能正在编辑：关闭后即可收取，占用文件 {owner_file_minutes} 分钟没有变化的不再等待",
    "owner": "编辑时留下的占用文件，不是报送：确认无人在编辑后可以删除",
    "changing": "内容还在变化，可能正在复制：留待下次收取",
    "unfinished": "是传输中的临时文件：传完并改回 .xlsx 后即可收取",
    "hidden": "是隐藏文件，不收取：如是报送，请去掉文件名开头的“.”",
    "link": "是链接，不跟随：请放入文件本身",
    "special": "不是文件（管道、套接字或设备）：请移走",
    "too_deep": "放得太深：请移到报告期文件夹或其下单位文件夹中",
    "too_large": "超过 {largest_archived_mb} MB，没有归档：请移走并通知报送单位",
    "unreadable": "无法读取：请检查权限，或等占用它的程序关闭",
    "kept": "已经收取并答复，但没能从收件夹移出：请检查权限，或等占用它的程序关闭；再次收取不会重复登记",
}
REASONS = tuple(_SENTENCES)


@dataclass(frozen=True)
class Left:
    """`source` is the path below the intake folder as people read it, `reason` one of REASONS."""

    source: str
    reason: str


def records(left: Mapping[str, str], limits: Mapping[str, int]) -> list[dict[str, str]]:
    """What was left, source -> reason, as a run tells it: {source, reason, told}."""
    found = [{"source": source, "reason": reason} for source, reason in left.items()]
    return [{**one, "told": sentences([one], limits)[0]} for one in found]


def sentences(left: Iterable[Mapping[str, str]], limits: Mapping[str, int]) -> list[str]:
    """One sentence a reason, with the files that it speaks of; `left` as records."""
    named: dict[str, list[str]] = {}
    for one in left:
        named.setdefault(one["reason"], []).append(one["source"])
    told = []
    for reason in sorted(named, key=REASONS.index):
        sources = named[reason]
        names = "、".join(f"“{source}”" for source in sources[:_FEW])
        count = f"等 {len(sources)} 个" if len(sources) > _FEW else ""
        told.append(f"{names}{count}{_SENTENCES[reason].format_map(limits)}。")
    return told
