"""The commands that end a quarter's collecting, and take it up again."""

import click

from duban.commands.base import CLEAN, command, say, settings_told
from duban.quarters import Quarter

_by = click.option("--by", metavar="NAME", help="由谁决定，记入台账；不填则记运行者（也可用 DUBAN_BY 指定）")


@command("close", "截止一个报告期：此后到的报送照收照答，等重新开放或下一次修订时才计入汇总。", quarter=True)
@_by
@click.option("--early", is_flag=True, help="未到期也截止")
def close(quarter: Quarter, by: str | None, early: bool) -> int:
    from duban import lifecycle
    from duban.cli_print import life

    settings = settings_told()
    found = lifecycle.close(settings.home, quarter, settings.now(), by, early)
    say({"quarter": str(quarter), **found}, life(quarter, found))
    return CLEAN


@command("reopen", "重新开放已截止或已发布的报告期：截止后到的报送随即计入，改动由下一次发布另出一版。", quarter=True)
@_by
@click.option("--reason", metavar="TEXT", required=True, help="为什么重新开放，记入台账")
def reopen(quarter: Quarter, by: str | None, reason: str) -> int:
    from duban import lifecycle
    from duban.cli_print import life

    settings = settings_told()
    found = lifecycle.reopen(settings.home, quarter, settings.now(), reason, by)
    say({"quarter": str(quarter), **found}, life(quarter, found))
    return CLEAN
