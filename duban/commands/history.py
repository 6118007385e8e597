"""The commands that look back: what a reporter sent, and what changed between two of its submissions."""

import click

from duban.commands.base import CLEAN, QuarterType, command, say, settings_told
from duban.quarters import Quarter


@command("diff", "比较同一单位的两件报送：哪些内容改了，原来是什么，现在是什么，在哪一格。")
@click.argument("old", metavar="ACCESSION")
@click.argument("new", metavar="ACCESSION")
def diff(old: str, new: str) -> int:
    from duban import differences

    result = differences.diff(settings_told().home, old, new)
    say(result, differences.render(result))
    return CLEAN


@command("history", "查看一家单位一个报告期的全部报送：何时收到、结论如何、以哪一件为准。")
@click.argument("reporter", metavar="REPORTER")
@click.argument("quarter", type=QuarterType(), metavar="QUARTER")
def history(reporter: str, quarter: Quarter) -> int:
    from duban import history as module
    from duban.registry.load import load_registry

    settings = settings_told()
    result = module.history(settings.home, load_registry(settings.plan_folder(quarter)), reporter, quarter)
    say(result, module.render(result))
    return CLEAN
