"""Whether the machine can carry duban: versions, holidays, open files."""

import datetime as dt
import platform
import resource
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from duban.doctor.checks import BAD, LOOK, OK, Check
from duban.errors import UserError
from duban.quarters import Quarter
from duban.registry.load import load_registry
from duban.settings import SCHEMAS

_PYTHON = (3, 11)
_HANDLES = 512  # sixteen threads copy files, eight processes read, DuckDB and Prefect's server hold theirs


def versions(wanted: list[str] | None = None) -> Check:
    """Whether what is installed is what duban asks for; `wanted` as `requires` tells it."""
    odd = []
    for requirement in map(Requirement, requires("duban") if wanted is None else wanted):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            odd.append(f"缺 {requirement.name}")
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            odd.append(f"{requirement.name} 是 {found}，应为 {requirement.specifier}")
    told = f"duban {version('duban')}，Python {platform.python_version()}"
    if sys.version_info < _PYTHON:
        odd.append("Python 应为 3.11 以上")
    if odd:
        return Check("版本", BAD, f"{told}；{'；'.join(odd)}：请在安装 duban 的文件夹运行 make setup。")
    return Check("版本", OK, told)


def plan(folder: Path) -> Check:
    """Whether the plan can be read, and the holidays of its due dates are known."""
    where = folder.name if folder.parent == SCHEMAS else folder
    try:
        registry = load_registry(folder)
        dues = [registry.due(Quarter(registry.plan.year, number)) for number in (1, 2, 3, 4)]
    except (UserError, OSError) as error:
        return Check("方案", BAD, str(error))
    owing = sum(bool(owed) for owed in registry.owed_items.values())
    told = f"{where}：{registry.plan.title}，{len(registry.items)} 项，{owing} 家应报，末季 {dues[-1]} 到期"
    return Check("方案", OK, told)


def handles() -> Check:
    """How many files one process may have open."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= most < _HANDLES:
        return Check("文件句柄", LOOK, f"一个进程只能同时打开 {most} 个文件：请提高到 {_HANDLES} 以上（ulimit -n）。")
    return Check("文件句柄", OK, f"上限 {most}" if most >= 0 else "不限")


def clock(root: Path, now: dt.datetime, shown: dt.datetime | None, last: dt.datetime | None) -> Check:
    """Whether the clock agrees with that of the disk or share (`shown`), and is not behind the last receipt."""
    told = f"{now:%Y-%m-%d %H:%M}"
    if shown and abs((shown - now).total_seconds()) > 60:
        return Check(
            "时钟",
            LOOK,
            f"本机 {told}，{root} 所在的磁盘或共享是 {shown:%Y-%m-%d %H:%M}，相差一分钟以上：请为两边校时。",
        )
    if last and last > now:
        return Check("时钟", BAD, f"本机 {told}，早于最近一次登记（{last:%Y-%m-%d %H:%M}）：请校准本机时间。")
    return Check("时钟", OK, told)
