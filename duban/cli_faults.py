"""How a fault ends at the command line: what the machine refuses in one sentence, our own with the place of its log."""

import datetime as dt
import errno
import logging
import os
import tempfile
import traceback
from collections.abc import Mapping
from contextlib import suppress
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
    errno.EIO: "磁盘或网络共享读写出错，请检查",
    errno.ESTALE: "网络共享已断开，请重新连接",
    errno.ETIMEDOUT: "网络共享没有回应，请检查网络",
    errno.EMFILE: "同时打开的文件已达上限，请提高上限（ulimit -n）或结束别的程序",
    errno.ENFILE: "系统中同时打开的文件已达上限，请结束别的程序",
    errno.ENOLCK: "文件系统不支持加锁，请把数据文件夹放在本机磁盘上",
    errno.ENOMEM: "内存不足，请结束别的程序",
}


def of_the_machine(error: BaseException, home: str) -> str | None:
    """What disk, share or rights refuse, as a sentence; None for faults of any other kind."""
    if not isinstance(error, OSError) or error.errno not in _REFUSALS:
        return None
    name = error.filename or f"数据文件夹 {home}"
    where = os.fsdecode(name) if isinstance(name, bytes) else name
    return f"{where}：{_REFUSALS[error.errno]}后重试；已收到的报送不受影响，没有做完的下次运行时接着做。"


class _Log(logging.Handler):
    """What duban's modules note for those who maintain it, into `<home>/logs/duban.log`; a terminal is for its user."""

    def __init__(self, told: Mapping[str, object]):
        super().__init__(logging.WARNING)
        self._told = told  # which home it is comes with the command
        self.setFormatter(logging.Formatter("%(asctime)s %(process)d %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        folder = Path(str(self._told.get("home", "var"))) / "logs"
        with suppress(OSError):  # the run tells what the disk refuses
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "duban.log").open("a", encoding="utf-8") as file:
                file.write(visible(self.format(record)) + "\n")


def keep_log(told: Mapping[str, object]) -> None:
    """Have what is noted in this process kept under the home folder that is `told`."""
    log = logging.getLogger("duban")
    for handler in [handler for handler in log.handlers if isinstance(handler, _Log)]:
        log.removeHandler(handler)
    log.addHandler(_Log(told))


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
