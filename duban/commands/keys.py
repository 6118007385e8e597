"""The commands for the keys that sign fill-in workbooks. None of them ever shows a key."""

from duban.cli_chinese import Group
from duban.commands.base import CLEAN, cli, say, settings_told, with_global_options


@cli.group("keys", cls=Group, help="签发填报表的密钥：列出，或更换。")
def keys() -> None:
    pass


@keys.command("list", help="列出密钥：编号、何时生成、哪一把签发、各能核验哪些报告期；从不显示密钥本身。")
@with_global_options
def list_() -> int:
    from duban import key_keeping

    result = key_keeping.listed(settings_told().home)
    say(result, key_keeping.render(result))
    return CLEAN


@keys.command("rotate", help="换一把签发的密钥：旧的只再核验用它下发过的报告期，已下发的填报表照常可报。")
@with_global_options
def rotate() -> int:
    from duban import key_keeping

    settings = settings_told()
    result = key_keeping.rotated(settings.home, settings.now())
    say(result, key_keeping.render_rotated(result))
    return CLEAN
