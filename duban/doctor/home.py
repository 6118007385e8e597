"""Whether the home folder is sound: folders and rights, room, keys, warehouse and journal."""

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

from duban.cli_faults import of_the_machine
from duban.doctor.checks import BAD, LOOK, OK, Check
from duban.errors import UserError, WarehouseBusy
from duban.fillin.keys import VARIABLE, all_keys
from duban.holder import holder
from duban.home import Home
from duban.journal import read_journal
from duban.quarters import TIME_ZONE
from duban.warehouse.connection import open_warehouse, query

_LITTLE, _TOO_LITTLE = 2 << 30, 200 << 20  # bytes free
_TIMES_THE_WAREHOUSE = 3  # an upgrade and a rebuild stand beside it


def folders(home: Home) -> tuple[Check, dt.datetime | None]:
    """Whether all folders can be written to, and what time it is by their clock."""
    if not home.root.exists():
        return Check("文件夹", OK, f"{home.root} 还没有：第一次运行 duban open 时建立"), None
    shown = None
    for folder in (home.root, home.intake, home.archive, home.outbox, home.published, home.keys, home.work):
        if not folder.exists():
            continue
        try:
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-", suffix=".tmp") as file:
                file.write(b"?")
                file.flush()
                os.fsync(file.fileno())
                shown = shown or dt.datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, TIME_ZONE)
        except OSError as error:
            said = of_the_machine(error, str(home.root)) or f"{folder}：{error.strerror}，请检查后重试。"
            return Check("文件夹", BAD, said), shown
    return Check("文件夹", OK, f"{home.root.resolve()} 可写"), shown


def room(home: Home) -> Check:
    """Whether the disk has room for what is to come."""
    root = home.root.resolve()
    free = shutil.disk_usage(next(path for path in (root, *root.parents) if path.exists())).free
    size = home.warehouse.stat().st_size if home.warehouse.exists() else 0
    told, wanted = _gigabytes(free), max(_LITTLE, _TIMES_THE_WAREHOUSE * size)
    if free < _TOO_LITTLE:
        return Check("磁盘", BAD, f"只剩 {told}：请立即腾出空间，至少到 {_gigabytes(wanted)}。")
    if free < wanted:
        return Check("磁盘", LOOK, f"剩 {told}：升级和重建要用到 {_gigabytes(wanted)}，请腾出空间。")
    return Check("磁盘", OK, f"剩 {told}")


def keys(home: Home) -> Check:
    """Whether there is a key to sign with, that nobody else can read."""
    try:
        known = all_keys(home.keys)
    except (UserError, OSError) as error:
        return Check("密钥", BAD, str(error))
    if not known:
        return Check("密钥", OK, "还没有：第一次运行 duban open 时生成")
    where = f"取自环境变量 {VARIABLE}" if known[0].path is None else f"{len(known)} 把"
    return Check("密钥", OK, f"{where}，签发的是 {known[0].id}")


def warehouse(home: Home) -> tuple[Check, dt.datetime | None]:
    """Whether the warehouse opens, unchanged by this, and its journal is whole; with the time of its last receipt."""
    if not home.warehouse.exists():
        if any((home.archive / "journal").glob("*.json")):
            return Check("数据仓库", BAD, "不在了，而归档日志还在：请运行 duban rebuild 由归档重建。"), None
        return Check("数据仓库", OK, "还没有：第一次运行 duban open 时建立"), None
    try:
        with open_warehouse(home.warehouse, read_only=True, wait=2.0) as connection:
            [(last,)] = query(connection, "queries/last_receipt")
            [(count,)] = connection.execute("SELECT count(*) FROM submissions").fetchall()
            [(steps,)] = query(connection, "queries/journal/last")
        noted = len(read_journal(home))
    except WarehouseBusy:
        return Check("数据仓库", OK, f"正在使用（{holder(home.root) or '另一进程'}），稍后再查"), None
    except UserError as error:
        return Check("数据仓库", BAD, str(error)), None
    except Exception as error:  # whatever DuckDB says of a file that is none, or of an earlier version's tables
        said = str(error).partition("\n")[0]
        return Check("数据仓库", BAD, f"打不开（{said}）：请先备份再运行 duban rebuild 由归档重建。"), None
    received = last and last.astimezone(TIME_ZONE)
    if noted != steps:
        what = "下次运行时补记" if noted < steps else "仓库可能是旧的备份，请运行 duban rebuild"
        return Check("数据仓库", LOOK, f"仓库记到第 {steps} 步，归档日志记到第 {noted} 步：{what}。"), received
    newest = f"，最近一件 {received:%Y-%m-%d %H:%M}" if received else ""
    return Check("数据仓库", OK, f"报送 {count} 件{newest}，归档日志 {noted} 步完整"), received


def _gigabytes(size: int) -> str:
    return f"{size / (1 << 30):.1f} GB"


def lock(home: Home) -> Check:
    """Who runs at present, and whether the last run ended by itself."""
    path: Path = home.root / ".lock"
    if running := holder(home.root):
        return Check("运行", OK, f"正在运行：{running}")
    if path.exists() and path.stat().st_size:
        return Check("运行", OK, "上一次运行中途被终止：没有做完的部分下次运行时接着做")
    return Check("运行", OK, "没有运行")
