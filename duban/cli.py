"""The command line: Chinese for people, JSON with `--json`, and one exit code per kind of end.

Nothing heavy is imported at the top, because `duban --help` has to answer at once. This is the one module of the
package that knows the flows, and it takes them in only where a command runs one.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import click

from duban import cli_chinese, cli_faults
from duban.errors import UserError
from duban.home import Home
from duban.quarters import Quarter
from duban.settings import REPOSITORY, SCHEMAS, Settings, parse_clock

CLEAN, LOOK, USAGE, FAULT, INTERRUPTED = 0, 1, 2, 70, 130  # 70 is EX_SOFTWARE of sysexits.h


class _QuarterType(click.ParamType):
    name = "quarter"

    def convert(self, value, param, ctx) -> Quarter:
        return value if isinstance(value, Quarter) else Quarter.parse(value)


class _ItemType(click.ParamType):
    name = "item"

    def convert(self, value, param, ctx) -> int:
        if isinstance(value, int) or (value.isascii() and value.isdigit()):
            return int(value)
        raise UserError(f"“{value}”不是重点工作的序号：应写 13 这样的数字，全部序号见 duban plan。")


def _remember(ctx: click.Context, param: click.Parameter, value: object) -> None:
    """Global options stand before or after the command; what is written later holds."""
    if value not in (None, False):
        ctx.obj[param.name] = value


def _global_options(environment: bool) -> Callable:
    """The options of every command. Only the group reads the environment, so that what is written wins over it."""

    def decorate(command: Callable) -> Callable:
        for name, shown in (
            ("json", {"is_flag": True, "help": "标准输出只写 JSON，供程序读取"}),
            ("as-of", {"metavar": "TIME", "help": "以此为当前时间，如 2023-04-12T09:00:00+08:00"}),
            ("schemas", {"metavar": "DIR", "help": "方案文件夹，默认 schemas/<年份>/，也可用 DUBAN_SCHEMAS 指定"}),
            ("home", {"metavar": "DIR", "help": "存放全部收件、答复与数据的文件夹，默认 var/，也可用 DUBAN_HOME 指定"}),
        ):
            if environment and name in ("home", "schemas"):
                shown["envvar"] = f"DUBAN_{name.upper()}"
            command = click.option(f"--{name}", expose_value=False, callback=_remember, **shown)(command)
        return command

    return decorate


def _settings(default_home: str = "var") -> Settings:
    """What the global options say, wherever they stood."""
    told = click.get_current_context().obj
    schemas, as_of = told.get("schemas"), told.get("as_of")
    return Settings(
        home=Home(Path(told.get("home", default_home))),
        schemas=Path(schemas) if schemas else None,
        as_of=parse_clock(as_of) if as_of else None,
    )


def _plan_folder(settings: Settings, hint: str = "") -> Path:
    """The plan that is meant where no quarter is named: `--schemas`, the year in a file's name, this year's, else the
    latest there is."""
    if settings.schemas:
        return settings.schemas
    written = re.search(r"(\d{4})Q[1-4]", hint)
    wanted = SCHEMAS / (written[1] if written else str(settings.now().year))
    years = sorted(path for path in SCHEMAS.glob("[0-9][0-9][0-9][0-9]") if path.is_dir())
    return wanted if wanted in years or not years else years[-1]


def _wants_json() -> bool:
    return click.get_current_context().obj.get("json", False)


def _say(data: object, text: str) -> None:
    """A command's one answer: to a program, or to people."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str) if _wants_json() else text.rstrip("\n"))


def _flow(name: str, settings: Settings, quarter: Quarter, **parameters):
    """Run the flow of this name in process, with progress on a terminal's stderr; returns what the flow returns."""
    from flows import local

    return local.run(name, settings, quarter, **parameters)


@click.group(cls=cli_chinese.Group, help="督办：季度进展的布置、收取、核验与汇总。")
@_global_options(environment=True)
def cli() -> None:
    pass


def _command(name: str, explanation: str, *, quarter: bool = False) -> Callable:
    """A command with the global options, and where it wants one with the quarter as its argument."""

    def decorate(function: Callable) -> click.Command:
        function = _global_options(environment=False)(function)
        if quarter:
            function = click.argument("quarter", type=_QuarterType(), metavar="QUARTER")(function)
        return cli.command(name, help=explanation)(function)

    return decorate


@_command("demo", "用样例走完一个报告期：布置、收取、核验、汇总，结果放在 var/demo/，每次从头来过。")
def demo() -> int:
    from duban import cli_print
    from duban.checking.validator import warm_up
    from duban.demo import run_demo

    settings = _settings("var/demo")
    if settings.as_of:
        raise UserError("demo 的时间取自样例的 arrivals.csv，不接受 --as-of：请去掉该选项后重试。")
    warm_up()
    result = run_demo(REPOSITORY / "sample_submissions", settings, _flow)
    _say(result, cli_print.demo(result))
    return CLEAN


@_command("plan", "查看方案：各项重点工作的牵头、配合、组、填报单位、指标、填报项与目标。")
@click.argument("item", type=_ItemType(), required=False, metavar="[ITEM]")
def plan(item: int | None) -> int:
    from duban.registry.describe import describe, describe_item, describe_plan
    from duban.registry.load import load_registry

    registry = load_registry(_plan_folder(_settings()))
    described = describe(registry)
    if item is None:
        _say(described, describe_plan(registry))
    else:
        number = registry.item(item).item
        _say(next(entry for entry in described["items"] if entry["item"] == number), describe_item(registry, number))
    return CLEAN


@_command("open", "布置一个报告期：记下谁应报什么，把每家的填报表写进 outbox/。", quarter=True)
def open_(quarter: Quarter) -> int:
    workbooks = _flow("open_quarter", _settings(), quarter)
    where = Path(workbooks[0]).parents[1] if workbooks else ""
    _say({"quarter": str(quarter), "workbooks": workbooks}, f"{quarter.title}：填报表 {len(workbooks)} 份，在 {where}/")
    return CLEAN


@_command("check", "自查一份填报表：列出全部问题，不留存任何东西。")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--quarter", type=_QuarterType(), metavar="QUARTER", help="按哪个报告期核验，默认按表内所载")
def check(file: Path, quarter: Quarter | None) -> int:
    from duban import cli_print
    from duban.checking.single import check_file
    from duban.registry.load import load_registry

    settings = _settings()
    if not file.is_file():
        raise UserError(f"找不到文件 {file}：请写明要自查的填报表。")
    registry = load_registry(settings.plan_folder(quarter) if quarter else _plan_folder(settings, file.name))
    result = check_file(file, registry, settings.home, quarter, settings.now())
    _say(result, cli_print.checked(result))
    return CLEAN if result["verdict"] == "accepted" else LOOK


@_command("collect", "收取 intake/ 中的报送：归档、核验、入库，答复写进 outbox/。", quarter=True)
def collect(quarter: Quarter) -> int:
    from duban import cli_print
    from duban.checking.validator import warm_up

    settings = _settings()
    warm_up()  # it imports for seconds, and so does Prefect
    result = _flow("collect", settings, quarter)
    _say(result, cli_print.collected(result))
    return LOOK if result["returned"] or result["set_aside"] else CLEAN


@_command("status", "查看谁已报、被退回、逾期、未报。", quarter=True)
def status(quarter: Quarter) -> int:
    from duban import status as module
    from duban.registry.load import load_registry

    settings = _settings()
    result = module.status(settings.home, load_registry(settings.plan_folder(quarter)), quarter, settings.now())
    _say(result, module.render(result))
    return CLEAN


@_command("publish", "把已受理的报送汇总成一本汇总簿，放在 published/。", quarter=True)
@click.option("--draft", is_flag=True, help="只出草稿，不定稿、不占版次")
def publish(quarter: Quarter, draft: bool) -> int:
    from duban import cli_print

    result = _flow("publish", _settings(), quarter, draft=draft)
    _say(result, cli_print.published(result))
    return CLEAN


def run(arguments: list[str]) -> int:
    """One command; returns its exit code. Faults end in one sentence on stderr, never in a traceback."""
    told: dict[str, object] = {}
    try:
        return cli.main(arguments, prog_name="duban", standalone_mode=False, obj=told) or CLEAN
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        click.echo(cli_chinese.sentence(error), err=True)
        return USAGE
    except UserError as error:
        click.echo(str(error), err=True)
        return USAGE
    except click.Abort:
        click.echo("已中断；没有做完的部分下次运行时接着做。", err=True)
        return INTERRUPTED
    except Exception as error:
        said = cli_faults.of_the_machine(error)
        click.echo(said or cli_faults.record(error, arguments, told.get("home", "var")), err=True)
        return USAGE if said else FAULT


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a character must not end a run
    sys.exit(run(sys.argv[1:]))
