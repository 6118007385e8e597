"""What `duban remind` tells people."""

from duban.cli_print import table
from duban.reminding.words import step_title

STATES = {"planned": "待发", "sent": "已发", "failed": "没有发出，下次再发", "sending": "是否送达不明，不再发"}
CHANNELS = {"mail": "邮件", "outbox": "文件", "webhook": "群通知"}


def render(result: dict) -> str:
    """Who was told at which step by which way, what went wrong, and when the next step is."""
    reminders = result["reminders"]
    lines = [f"{result['quarter']} 催报（{result['due']} 截止），还有 {result['outstanding']} 家没有受理"]
    if not reminders:
        lines.append("现在没有要催的。")
    rows = [
        (one["name"], step_title(one["step"]), CHANNELS[one["channel"]], STATES[one["state"]], "、".join(one["to"]))
        for one in reminders
    ]
    lines += ["", *table([("单位", "时点", "方式", "结果", "收件"), *rows])] if rows else []
    said = [(one["name"], one["said"]) for one in reminders if one["said"]]
    lines += ["", "请处理：", *(f"  {name}：{why}" for name, why in said)] if said else []
    coming = result["next"]
    if coming:
        when = f"下一次：{coming['date']}（{step_title(coming['step'])}），{coming['reporters']} 家。"
        lines += ["", when]
    return "\n".join(lines)


def clean(result: dict) -> bool:
    """Whether everything went out, to everybody."""
    return all(one["state"] in ("planned", "sent") and not one["said"] for one in result["reminders"])
