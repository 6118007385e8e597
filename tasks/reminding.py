"""Reminding of what is due."""

from collections import Counter

from duban import run_page
from duban.errors import UserError
from duban.registry.contacts import load_contacts
from duban.reminding import answers
from duban.reminding import remind as reminding
from duban.reminding.channels import load_channels
from duban.reminding.deciding import decide
from duban.reminding.report import STATES
from tasks.run import Run, log, progress, show, step, warn


@step("催报")
def remind(run: Run, dry_run: bool) -> dict:
    """Tell everybody whose step has come, or only say whom; returns what was told to whom, and when the next is."""
    registry = run.registry()
    contacts, channels, ledgers = load_contacts(run.plan, registry), load_channels(run.home), run.ledgers()
    desk = reminding.look(run.home, registry, run.quarter, run.now, contacts, channels, ledgers)
    if dry_run:
        result = reminding.told(desk, decide(desk))
    else:
        result = reminding.remind(run.home, registry, desk, run.now, ledgers, progress("催报"))
    counts = Counter(one["state"] for one in result["reminders"])
    log(f"催报 {len(result['reminders'])} 件" + "".join(f"，{STATES[state]} {n}" for state, n in counts.items()) + "。")
    for one in result["reminders"]:
        if one["said"]:
            warn(f"{one['name']}：{one['said']}。")
    show(run, "remind", f"{run.quarter} 催报结果", lambda: run_page.reminded(result))
    return result


def answers_wanted(run: Run) -> bool:
    """Whether this installation mails answers. What is wrong with its settings is told and stops no collecting."""
    try:
        return load_channels(run.home).mail_answers
    except UserError as error:
        warn(f"答复没有用邮件发送：{error}")
        return False


@step("发送答复")
def mail_answers(run: Run) -> list[dict]:
    """Mail the answers that stand; returns what became of each."""
    registry = run.registry()
    try:
        _, people = load_contacts(run.plan, registry)
    except UserError as error:
        warn(f"答复没有用邮件发送：{error}")
        return []
    told = answers.mail_answers(run.home, registry, run.quarter, run.now, people, load_channels(run.home))
    log(f"已用邮件发送答复 {sum(one['state'] == 'sent' for one in told)} 份。")
    for one in told:
        if one["said"]:
            warn(f"{one['accession']} 的答复：{one['said']}。")
    return told
