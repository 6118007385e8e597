"""What `duban remind` tells people."""

from duban.cli_print import table
from duban.reminding.words import step_title

STATES = {"planned": "待发", "sent": "已发", "failed": "没有发出，下次再发", "sending": "是否送达不明，不再发"}
CHANNELS = {"mail": "邮件", "outbox": "文件", "webhook": "群通知"}


HEADINGS = ("单位", "时点", "方式", "结果", "收件")


def render(result: dict) -> str:
    """Who was told at which step by which way, what went wrong, and when the next step is."""
    rows, said, coming = rows_of(result), wrong(result), next_of(result)
    lines = [standing_of(result)]
    if not rows:
        lines.append("现在没有要催的。")
    lines += ["", *table([HEADINGS, *rows])] if rows else []
    lines += ["", "请处理：", *(f"  {line}" for line in said)] if said else []
    lines += ["", coming] if coming else []
    return "\n".join(lines)


def standing_of(result: dict) -> str:
    return f"{result['quarter']} 催报（{result['due']} 截止），还有 {result['outstanding']} 家没有受理"


def rows_of(result: dict) -> list[tuple[str, ...]]:
    """What was told, a row each, under `HEADINGS`."""
    return [
        (one["name"], step_title(one["step"]), CHANNELS[one["channel"]], STATES[one["state"]], "、".join(one["to"]))
        for one in result["reminders"]
    ]


def wrong(result: dict) -> list[str]:
    """What somebody has to see to, a line each."""
    return [f"{one['name']}：{one['said']}" for one in result["reminders"] if one["said"]]


def next_of(result: dict) -> str:
    """When the next step is; '' where there is none."""
    coming = result["next"]
    return f"下一次：{coming['date']}（{step_title(coming['step'])}），{coming['reporters']} 家。" if coming else ""


def clean(result: dict) -> bool:
    """Whether everything went out, to everybody."""
    return all(one["state"] in ("planned", "sent") and not one["said"] for one in result["reminders"])
