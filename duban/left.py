"""What stays in the intake folder, and why: one word for programs, one sentence for the data team."""

import json
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from duban.files import write_text

_log = logging.getLogger(__name__)
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


class Waits:
    """How long owner files have stood unchanged, by our own observation: their times are the editor's, or another
    machine's. What is forgotten with its file `path` is only waited for once more."""

    def __init__(self, path: Path, below: str, patience: float):
        """Of the owner files `below` a folder of the intake; `patience` in seconds."""
        self._path, self._patience = path, patience
        self._known = _read(path)
        self._seen = {source: known for source, known in self._known.items() if not source.startswith(f"{below}/")}

    def delays(self, source: str, state: str) -> bool:
        """Whether an owner file still delays the file beside it; `state` changes whenever the owner file does."""
        now = time.time()
        known = self._known.get(source, {})
        since = known.get("since", now) if known.get("state") == state else now
        # a clock that was set back must not make it wait for longer than it takes
        self._seen[source] = {"state": state, "since": min(since, now)}
        return now - since < self._patience

    def keep(self) -> None:
        """Remember for the next run what was seen in this one."""
        if self._seen != self._known:
            try:
                write_text(self._path, json.dumps(self._seen, ensure_ascii=True, indent=1))
            except OSError as error:  # no reason to take nothing in
                _log.warning("%s cannot be written: %s", self._path, error.strerror)


def _read(path: Path) -> dict[str, dict]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {s: {"state": str(k["state"]), "since": float(k["since"])} for s, k in known.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
