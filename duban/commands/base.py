"""What all commands share: the group, the options that each of them takes, and how it says its answer.

Nothing heavy is imported at the top, because `duban --help` has to answer at once. This is the one module of the
package that knows the flows, and it takes them in only where a command runs one.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import click

from duban import cli_chinese
from duban.errors import UserError
from duban.home import Home
from duban.quarters import Quarter
from duban.settings import SCHEMAS, Settings, parse_clock
from duban.visible import harmless, visible

CLEAN, LOOK, USAGE, FAULT, INTERRUPTED = 0, 1, 2, 70, 130  # 70 is EX_SOFTWARE of sysexits.h


class QuarterType(click.ParamType):
    name = "quarter"

    def convert(self, value, param, ctx) -> Quarter:
        return value if isinstance(value, Quarter) else Quarter.parse(value)


class ItemType(click.ParamType):
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


def settings_told(default_home: str = "var") -> Settings:
    """What the global options say, wherever they stood."""
    told = click.get_current_context().obj
    schemas, as_of = told.get("schemas"), told.get("as_of")
    return Settings(
        home=Home(Path(told.get("home", default_home))),
        schemas=Path(schemas) if schemas else None,
        as_of=parse_clock(as_of) if as_of else None,
    )


def plan_folder(settings: Settings, hint: str = "") -> Path:
    """The plan that is meant where no quarter is named: `--schemas`, the year in a file's name, this year's, else the
    latest there is."""
    if settings.schemas:
        return settings.schemas
    written = re.search(r"(\d{4})Q[1-4]", hint)
    wanted = SCHEMAS / (written[1] if written else str(settings.now().year))
    years = sorted(path for path in SCHEMAS.glob("[0-9][0-9][0-9][0-9]") if path.is_dir())
    return wanted if wanted in years or not years else years[-1]


def wants_json() -> bool:
    return click.get_current_context().obj.get("json", False)


def say(data: object, text: str | Callable[[], str]) -> None:
    """A command's one answer: to a program, or to people; `text` may be a function, for what takes long to word."""
    if wants_json():
        encoded = as_json(data)
        # a list of tens of thousands takes as long to be decoded, looked through and encoded as to be found
        if harmless(encoded) and sys.stdout.encoding.lower() == "utf-8":
            click.echo(encoded)
            return
        text = encoded.decode(errors="surrogatepass")
    shown = visible((text if isinstance(text, str) else text()).rstrip("\n"))
    click.echo(shown, color=True)  # nothing in it acts any more, so nothing is to be taken out


def as_json(data: object) -> bytes:
    """JSON in lines, in UTF-8; `json.dumps` takes twenty times as long for lines, and knows a little more."""
    import orjson

    ours = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
    try:
        return orjson.dumps(data, default=str, option=orjson.OPT_INDENT_2 | ours)
    except TypeError:  # keys that are no texts, halves of characters
        return json.dumps(data, ensure_ascii=False, indent=2, default=str).encode(errors="surrogatepass")


def run_flow(name: str, settings: Settings, quarter: Quarter, **parameters):
    """Run the flow of this name in process, with progress on a terminal's stderr; returns what the flow returns."""
    from flows import local

    return local.run(name, settings, quarter, **parameters)


def answer_run(settings: Settings, quarter: Quarter, kind: str, by: str, comment: str) -> dict:
    """Answer the run on the server that waits for somebody to approve the quarter's draft."""
    from flows import local

    return local.answer(settings, quarter, kind, by, comment)


@click.group(cls=cli_chinese.Group, help="督办：季度进展的布置、收取、核验与汇总。")
@_global_options(environment=True)
def cli() -> None:
    pass


with_global_options = _global_options(environment=False)


def command(name: str, explanation: str, *, quarter: bool = False) -> Callable:
    """A command with the global options, and where it wants one with the quarter as its argument."""

    def decorate(function: Callable) -> click.Command:
        function = with_global_options(function)
        if quarter:
            function = click.argument("quarter", type=QuarterType(), metavar="QUARTER")(function)
        return cli.command(name, help=explanation)(function)

    return decorate
