"""What a check of the installation says, and how it is shown."""

from dataclasses import dataclass

from duban.cli_print import table

OK, LOOK, BAD = "ok", "look", "bad"
_SIGNS = {OK: "正常", LOOK: "留意", BAD: "有误"}


@dataclass(frozen=True)
class Check:
    """`state` is one of OK, LOOK, BAD; `said` what was found, and where it is not well what to do."""

    name: str
    state: str
    said: str


def render(checks: list[Check]) -> str:
    """A line a check, and how many are not well."""
    lines = table([("", "检查", "结果"), *((_SIGNS[one.state], one.name, one.said) for one in checks)], indent="")
    wrong = sum(one.state != OK for one in checks)
    return "\n".join([*lines, "", f"{wrong} 项需要处理。" if wrong else "一切正常。"])
