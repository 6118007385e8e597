"""The commands that prove figures: where one comes from, and whether everything still holds."""

import click

from duban.commands.bars import bars
from duban.commands.base import CLEAN, LOOK, command, say, settings_told


@command("trace", "追溯一个数：汇总簿的一格由哪些填报单元格算出，或报送的一格计入了哪些数。")
@click.argument("file", metavar="FILE")
@click.argument("cell", metavar="SHEET!CELL")
def trace(file: str, cell: str) -> int:
    from duban.tracing import words
    from duban.tracing.trace import trace

    result = trace(settings_told().home, file, cell)
    say(result, words.render(result))
    if result["direction"] == "submitted":
        return CLEAN
    proved = result["agrees"] is not False and all(one["original"] == "same" for one in result["cells"])
    return CLEAN if proved else LOOK


@command("verify", "核验一版或全部汇总簿：归档、单元格去向、清单、每一个数，以及能否由数据仓库逐字节重建。")
@click.argument("publication", required=False, metavar="[PUBLICATION]")
def verify(publication: str | None) -> int:
    from duban.verifying import words
    from duban.verifying.verify import verify

    with bars() as show:
        result = verify(settings_told().home, publication, show)
    say(result, words.render(result))
    return CLEAN if result["whole"] else LOOK
