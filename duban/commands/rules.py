"""The command that lists the rules, and writes the page about them."""

import os
from pathlib import Path

import click

from duban.commands.base import CLEAN, command, plan_folder, say, settings_told
from duban.errors import UserError


@command("rules", "查看核验规则：级别、措辞、理由、阈值，以及各项重点工作的哪一行用到它。")
@click.argument("rule", required=False, metavar="[RULE]")
@click.option("--to", type=click.Path(path_type=Path), metavar="FILE", help="写成一页 Markdown，如 docs/rules.md")
def rules(rule: str | None, to: Path | None) -> int:
    from duban import rulebook, rulebook_text
    from duban.files import write_text
    from duban.registry.load import load_registry

    if rule and to:
        raise UserError(f"--to 写的是全部规则，不能只写“{rule}”：请去掉其中一个。")
    folder = plan_folder(settings_told())
    registry = load_registry(folder)
    records = rulebook.rulebook(registry)
    if to:
        from_page = Path(os.path.relpath(folder, to.parent)).as_posix()
        write_text(to, rulebook_text.page(registry, records, from_page))
        text = f"{len(records)} 条规则写入 {to}"
    else:
        records = (rulebook.rule_named(records, rule),) if rule else records
        text = rulebook_text.rule_text(records[0], folder) if rule else rulebook_text.list_text(records)
    say({"rules": [record.told() for record in records]}, text)
    return CLEAN
