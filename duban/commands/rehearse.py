"""The command that tries out changed schemas on what was received."""

import click

from duban.commands.bars import bars
from duban.commands.base import CLEAN, LOOK, QuarterType, command, say, settings_told
from duban.errors import UserError
from duban.quarters import Quarter


@command("rehearse", "演练方案改动：用改后的方案重判已收到的全部报送，看哪些结论、数和灯会变；不留存任何东西。")
@click.argument("quarters", type=QuarterType(), nargs=-1, metavar="[QUARTER]...")
def rehearse(quarters: tuple[Quarter, ...]) -> int:
    settings = settings_told()
    if not settings.schemas:
        raise UserError("没有指明改后的方案：请用 --schemas 指向它的文件夹，如 duban rehearse --schemas 改后的/2023。")
    from duban.checking.validator import Validator
    from duban.rehearsal import words
    from duban.rehearsal.compare import changes_anything
    from duban.rehearsal.rehearse import rehearse
    from duban.settings import SCHEMAS

    with Validator() as validator, bars() as progress:  # it imports for seconds, while files are read
        result = rehearse(settings.home, settings.schemas, quarters, settings.now(), validator, progress, SCHEMAS)
    say(result, words.render(result))
    return LOOK if any(changes_anything(quarter) for quarter in result["quarters"]) else CLEAN
