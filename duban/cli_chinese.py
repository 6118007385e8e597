"""click in Chinese: headings, columns that stay aligned under wide characters, and usage errors as one sentence."""

from collections.abc import Iterator, Sequence
from functools import cache
from unicodedata import east_asian_width

import click
from click import exceptions

_HEADINGS = {"Usage": "用法", "Options": "选项", "Commands": "命令"}
WIDTH = 100
_CLOSING = "，。；：、）”》"  # may stand in the column after the last, but never begin a line


def width_of(text: str) -> int:
    """How many columns a terminal gives a text: two for each wide character."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@cache
def _columns(character: str) -> int:
    return 2 if east_asian_width(character) in "WF" else 1


def pad(text: str, width: int) -> str:
    return text + " " * max(0, width - width_of(text))


def wrap(text: str, width: int) -> Iterator[str]:
    """Lines of at most `width` columns; Chinese may break anywhere, Latin words stay whole."""
    line, word = "", ""
    for character in [*text.strip(), " "]:
        if character.isascii() and not character.isspace():
            word += character
            continue
        if line and width_of(line + word) > width:
            yield line.rstrip()
            line = ""
        line, word = line + word, ""
        if line and width_of(line + character) > width and character not in _CLOSING:
            yield line.rstrip()
            line = ""
        if line or not character.isspace():
            line += character
    if line.strip():
        yield line.rstrip()


class Formatter(click.HelpFormatter):
    """Help with Chinese headings, measured in terminal columns."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        self.write(f"{'':>{self.current_indent}}用法：{prog} {args}\n")

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{_HEADINGS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        for paragraph in text.split("\n"):
            for line in wrap(paragraph, WIDTH - self.current_indent) if paragraph.strip() else [""]:
                self.write(f"{indent}{line}".rstrip() + "\n")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        first = max((width_of(name) for name, _ in rows), default=0) + col_spacing
        indent = " " * self.current_indent
        for name, text in rows:
            lines = list(wrap(text, WIDTH - self.current_indent - first)) or [""]
            self.write(f"{indent}{pad(name, first)}{lines[0]}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{indent}{' ' * first}{line}\n")


class _Context(click.Context):
    formatter_class = Formatter


class Command(click.Command):
    """A command whose help and errors are Chinese."""

    context_class = _Context

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("options_metavar", "[选项]")
        super().__init__(*args, **kwargs)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本说明并退出"
        return option


class Group(Command, click.Group):
    """The same for the command that holds the others; they are listed in the order they were made."""

    command_class = Command

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("subcommand_metavar", "命令 [参数]...")
        super().__init__(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def sentence(error: click.ClickException) -> str:
    """A usage error of click as one Chinese sentence that ends with what to do."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "duban"
    close = "、".join(getattr(error, "possibilities", None) or ())
    hint = f"，是否想写 {close}" if close else ""
    match error:
        case exceptions.NoSuchCommand():
            fault = f"没有“{error.command_name}”这个命令{hint}"
        case exceptions.NoSuchOption():
            fault = f"{path} 没有 {error.option_name} 这个选项{hint}"
        case exceptions.MissingParameter():
            fault = f"{path} 缺少 {error.param.make_metavar(context) if error.param else '参数'}"
        case exceptions.BadParameter():
            name = error.param.make_metavar(context) if isinstance(error.param, click.Argument) else error.param.opts[0]
            fault = f"{path} 的 {name} 不合要求：{error.message.rstrip('.。')}"
        case exceptions.BadOptionUsage():
            fault = f"{path} 的选项 {error.option_name} 用法不对：须在其后写一个值，开关类选项则不带值"
        case _ if error.format_message() == "Missing command.":
            fault = f"{path} 缺少命令"
        case _ if "extra argument" in error.format_message():
            fault = f"{path} 后面多写了参数"
        case _:
            fault = error.format_message().rstrip(".。")
    return f"{fault}；用法见 {path} --help。"
