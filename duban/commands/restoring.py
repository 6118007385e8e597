"""The commands for the day on which something is wrong or lost: the check-up, the warehouse made anew, and the copies
kept elsewhere."""

from dataclasses import asdict
from pathlib import Path

import click

from duban.commands.bars import bars
from duban.commands.base import CLEAN, LOOK, QuarterType, command, plan_folder, say, settings_told
from duban.quarters import Quarter


@command("rebuild", "由归档和归档日志重建整个数据仓库，与原来的逐表比对；缺失的汇总簿一并重新生成。")
def rebuild() -> int:
    from duban.checking.validator import Validator
    from duban.rebuilding import words
    from duban.rebuilding.rebuild import rebuild

    with Validator() as validator, bars() as progress:  # it imports for seconds, while the archive is looked through
        result = rebuild(settings_told().home, validator, progress)
    say(result, words.render(result))
    return CLEAN if result["whole"] else LOOK


@command("doctor", "体检：版本、文件夹、磁盘、时钟、密钥、数据仓库和 Prefect 服务，并说明怎么办。")
def doctor() -> int:
    from duban.doctor.checks import OK, render
    from duban.doctor.doctor import examine

    settings = settings_told()
    found = examine(settings, plan_folder(settings))
    well = all(one.state == OK for one in found)
    say({"well": well, "checks": [asdict(one) for one in found]}, render(found))
    return CLEAN if well else LOOK


@command("backup", "备份到另一个文件夹：数据仓库、归档、汇总簿、答复和密钥，正在收取时也可以做，备完即核对。")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def backup(folder: Path) -> int:
    from duban import backup as module

    settings = settings_told()
    with bars() as progress:
        result = module.backup(settings.home, folder, settings.now(), progress)
    say(result, module.render(result))
    return CLEAN


@command("export", "把收到的报送导出为 Parquet，按方案、报告期、单位分文件。")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--quarter", type=QuarterType(), metavar="QUARTER", help="只导出这个报告期，如 2023Q1；不写则全部")
def export(folder: Path, quarter: Quarter | None) -> int:
    from duban import export as module

    with bars() as progress:
        result = module.export(settings_told().home, folder, quarter, progress("导出"))
    say(result, module.render(result))
    return CLEAN
