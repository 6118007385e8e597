"""The command line: Chinese for people, JSON with `--json`, and one exit code per kind of end."""

import atexit
import logging
import os
import sys
from contextlib import suppress
from importlib import import_module

import click

from duban import cli_chinese, cli_faults
from duban.commands.base import CLEAN, FAULT, INTERRUPTED, LOOK, USAGE, cli
from duban.errors import UserError
from duban.visible import visible

# their commands join the group, in the order that the help lists them
for _module in ("running", "lifecycle", "viewing", "history", "proving", "restoring", "keys", "rehearse", "rules"):
    import_module(f"duban.commands.{_module}")
import_module("duban.commands.serving")

__all__ = ["CLEAN", "FAULT", "INTERRUPTED", "LOOK", "USAGE", "cli", "main", "run"]


def run(arguments: list[str]) -> int:
    """One command; returns its exit code. Faults end in one sentence on stderr, never in a traceback."""
    told: dict[str, object] = {}
    cli_faults.keep_log(told)
    try:
        return cli.main(arguments, prog_name="duban", standalone_mode=False, obj=told) or CLEAN
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        click.echo(visible(cli_chinese.sentence(error)), err=True)
        return USAGE
    except UserError as error:
        click.echo(visible(str(error)), err=True)
        return USAGE
    except click.Abort:
        click.echo("已中断；没有做完的部分下次运行时接着做。", err=True)
        return INTERRUPTED
    except Exception as error:
        home = told.get("home", "var")
        said = cli_faults.of_the_machine(error, home)
        click.echo(visible(said or cli_faults.record(error, arguments, home)), err=True)
        return USAGE if said else FAULT


def main() -> None:
    ended: list[int] = []
    atexit.register(leave, ended)  # before anything large is imported: so it comes after all that they do at exit
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a character must not end a run
    ended.append(run(sys.argv[1:]))
    sys.exit(ended[0])


def leave(ended: list[int]) -> None:
    """End the process with this exit code, without taking the imported libraries apart object by object: half a second
    after a run. Threads and everything else that ends at exit have ended."""
    logging.shutdown()
    with suppress(OSError, ValueError):  # a closed pipe: the interpreter says so in its own way
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        if ended:
            os._exit(ended[0])
