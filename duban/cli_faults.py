"""How a fault ends at the command line: what the machine refuses in one sentence, our own with the place of its log."""

import datetime as dt
import errno
import os
import tempfile
import traceback
from pathlib import Path

from duban.visible import visible

_REFUSALS = {
    errno.ENOSPC: "磁盘已满，请腾出空间",
    errno.EDQUOT: "磁盘配额已用完，请腾出空间",
    errno.EACCES: "没有读写权限，请检查文件夹权限",
    errno.EPERM: "没有操作权限，请检查文件夹权限",
    errno.EROFS: "文件系统只读，请换一个可写的位置",
    errno.ENOTDIR: "路径中有一段不是文件夹，请改正路径",
    errno.ENAMETOOLONG: "路径过长，请换一个较短的位置",
    errno.EIO: "磁盘或网络共享读写出错，请检查后重试",
    errno.ESTALE: "网络共享已断开，请重新连接",
}


def of_the_machine(error: BaseException) -> str | None:
    """What disk, share or rights refuse, as a sentence; None for faults of any other kind."""
    if not isinstance(error, OSError) or error.errno not in _REFUSALS:
        return None
    name = error.filename or "文件"
    return f"{os.fsdecode(name) if isinstance(name, bytes) else name}:{_REFUSALS[error.errno]}后重试。"


def record(error: BaseException, arguments: list[str], home: str) -> str:
    """Write the traceback where it can be found; returns the sentence that says where."""
    text = f"duban {' '.join(arguments)}\n\n{''.join(traceback.format_exception(error))}"
    name = f"fault-{dt.datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.log"
    for folder in (Path(home) / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(visible(text), encoding="utf-8")
        except OSError:
            continue
        return f"程序内部故障（{type(error).__name__}），已收到的报送不受影响：请把 {folder / name} 交给维护人员。"
    return f"程序内部故障（{type(error).__name__}:{error}），且日志无处可写：请联系维护人员。"
