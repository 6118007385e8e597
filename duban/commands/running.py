"""The commands that run a quarter: open, collect, remind, publish, and the demo."""

from pathlib import Path

import click

from duban.commands.base import CLEAN, LOOK, answer_run, command, run_flow, say, settings_told
from duban.errors import UserError
from duban.quarters import Quarter
from duban.settings import REPOSITORY


@command("demo", "用样例走完一个报告期：布置、收取、核验、汇总，结果放在 var/demo/，每次从头来过。")
@click.option("--year", is_flag=True, help="走完全年各报告期，包括发布后才到的更正和由此另出的一版")
def demo(year: bool) -> int:
    from duban import cli_print
    from duban.checking.validator import warm_up
    from duban.demo import run_demo

    settings = settings_told("var/demo")
    if settings.as_of:
        raise UserError("demo 的时间取自样例的 arrivals.csv，不接受 --as-of：请去掉该选项后重试。")
    warm_up()
    result = run_demo(REPOSITORY / "sample_submissions", settings, run_flow, year)
    say(result, cli_print.demo(result))
    return CLEAN


@command("open", "布置一个报告期：记下谁应报什么，把每家的填报表写进 outbox/。", quarter=True)
def open_(quarter: Quarter) -> int:
    workbooks = run_flow("open_quarter", settings_told(), quarter)
    where = Path(workbooks[0]).parents[1] if workbooks else ""
    say({"quarter": str(quarter), "workbooks": workbooks}, f"{quarter.title}：填报表 {len(workbooks)} 份，在 {where}/")
    return CLEAN


@command("collect", "收取 intake/ 中的报送：归档、核验、入库，答复写进 outbox/。", quarter=True)
def collect(quarter: Quarter) -> int:
    from duban import cli_print
    from duban.checking.validator import warm_up
    from duban.intake import look_ahead
    from duban.wide.cluster import load_cluster

    settings = settings_told()
    if not load_cluster(settings.home):
        warm_up()  # it imports for seconds, and so does Prefect
    look_ahead(settings.home, quarter)
    result = run_flow("collect", settings, quarter)
    say(result, cli_print.collected(result))
    odd = [one for one in result["mailed"] if one["said"]]
    return LOOK if result["returned"] or result["set_aside"] or result["left"] or odd else CLEAN


@command("remind", "提醒没有报送、或被退回还没有重报的单位，逾期的同时告知上级；每一步只提醒一次。", quarter=True)
@click.option("--dry-run", is_flag=True, help="只看会提醒谁，什么都不发、不记")
def remind(quarter: Quarter, dry_run: bool) -> int:
    from duban.reminding import report

    result = run_flow("remind", settings_told(), quarter, dry_run=dry_run)
    say(result, report.render(result))
    return CLEAN if report.clean(result) else LOOK


@command("publish", "把已受理的报送汇总成一本汇总簿，放在 published/。", quarter=True)
@click.option("--draft", is_flag=True, help="只出草稿，不定稿、不占版次")
@click.option("--by", metavar="NAME", envvar="DUBAN_BY", help="审定人，印在封面上；不填则不印（也可用 DUBAN_BY 指定）")
@click.option("--comment", metavar="TEXT", default="", help="审定意见，与审定人一起印在封面上")
def publish(quarter: Quarter, draft: bool, by: str | None, comment: str) -> int:
    from duban import cli_print

    if comment and (draft or not by):
        raise UserError("审定意见随审定人记入定稿：请用 --by 写明审定人，并去掉 --draft。")
    result = run_flow("publish", settings_told(), quarter, draft=draft, by=None if draft else by, comment=comment)
    say(result, cli_print.published(result))
    return CLEAN


@command("approve", "审定服务器上停下来送审的汇总：通过后照送审稿发布；退回、暂缓的什么都不发布。", quarter=True)
@click.option("--send-back", is_flag=True, help="退回，须用 --comment 写明意见")
@click.option("--hold", is_flag=True, help="暂缓，仍等待审定")
@click.option("--by", metavar="NAME", envvar="DUBAN_BY", help="审定人；不填则记运行者（也可用 DUBAN_BY 指定）")
@click.option("--comment", metavar="TEXT", default="", help="审定意见，通过的印在封面上")
def approve(quarter: Quarter, send_back: bool, hold: bool, by: str | None, comment: str) -> int:
    from duban.publishing.decision import Decision
    from duban.warehouse.steps import whoever

    if send_back and hold:
        raise UserError("--send-back 和 --hold 只能用一个。")
    settings = settings_told()
    kind = "sent_back" if send_back else "held" if hold else "approved"
    decision = Decision.of(kind, by or whoever(), settings.now(), comment)
    result = answer_run(settings, quarter, kind, decision.by, decision.comment)
    say(result, f"{result['draft']} 由{decision.told}。服务器上的运行随即继续，结果见网页，或 duban status {quarter}。")
    return CLEAN
