"""The commands that look and change nothing: the plan, a file before it is sent, where a quarter stands."""

from pathlib import Path

import click

from duban.commands.base import CLEAN, LOOK, ItemType, QuarterType, command, plan_folder, say, settings_told
from duban.errors import UserError
from duban.quarters import Quarter


@command("plan", "查看方案：各项重点工作的牵头、配合、组、填报单位、指标、填报项与目标。")
@click.argument("item", type=ItemType(), required=False, metavar="[ITEM]")
def plan(item: int | None) -> int:
    from duban.registry.describe import describe, describe_item, describe_plan
    from duban.registry.load import load_registry

    registry = load_registry(plan_folder(settings_told()))
    described = describe(registry)
    if item is None:
        say(described, describe_plan(registry))
    else:
        number = registry.item(item).item
        say(next(entry for entry in described["items"] if entry["item"] == number), describe_item(registry, number))
    return CLEAN


@command("check", "自查一份填报表：列出全部问题，不留存任何东西。")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--quarter", type=QuarterType(), metavar="QUARTER", help="按哪个报告期核验，默认按表内所载")
def check(file: Path, quarter: Quarter | None) -> int:
    from duban.checking.validator import warm_up

    if not file.is_file():
        raise UserError(f"找不到文件 {file}：请写明要自查的填报表。")
    warm_up()  # it imports for seconds; meanwhile we do

    from duban import cli_print
    from duban.checking.single import check_file
    from duban.registry.ledgers import load_ledgers
    from duban.registry.load import load_registry

    settings = settings_told()
    folder = settings.plan_folder(quarter) if quarter else plan_folder(settings, file.name)
    registry = load_registry(folder)
    ledgers = load_ledgers(folder, registry)
    result = check_file(file, registry, settings.home, quarter, settings.now(), ledgers=ledgers)
    say(result, cli_print.checked(result))
    return CLEAN if result["verdict"] == "accepted" else LOOK


@command("status", "查看谁已报、被退回、逾期、未报。", quarter=True)
def status(quarter: Quarter) -> int:
    from duban import status as module
    from duban.garbage import no_collection

    settings = settings_told()
    with no_collection():  # a dictionary for each of many thousands of reporters, and no circles
        result = module.status(settings.home, None, quarter, settings.now())
    say(result, lambda: module.render(result))
    return CLEAN
