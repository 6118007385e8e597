"""What reminders say: the letter to a reporter, the list for the directors, the word to a group chat."""

from collections.abc import Iterable, Sequence

from duban.answering.letters import RULE, aligned, bulleted
from duban.quarters import Quarter
from duban.registry.text import ROLES
from duban.reminding.deciding import MAIL, Desk, Reminder
from duban.reminding.owing import Owing, left
from duban.severities import SEVERITY_TITLES
from duban.visible import in_one_line, visible

_NAMED = 20  # reporters that are named in one line
STATES = {"missing": "未报", "returned": "退回待改", "set_aside": "搁置待查"}


def subject(quarter: Quarter, owing: Owing) -> str:
    what = "请改正重报" if owing.state == "returned" else "请报送"
    return f"【催报】{quarter.title}工作进展{what}：{_day(owing.due)}截止，{owing.left}"


def letter(quarter: Quarter, reminder: Reminder, contact: str, attached: Sequence[str]) -> list[str]:
    """The lines of a reminder to a reporter; `attached` are the names of the files that come with it."""
    owing = reminder.owing
    lines = ["催报通知", RULE]
    lines += aligned(
        ("填报单位", f"{owing.full_name}（{owing.reporter}）"),
        ("报告期", quarter.title),
        ("截止", f"{owing.due:%Y年%m月%d日}（{owing.left}）"),
        ("目前状态", what_stands(owing)),
    )
    lines += ["", f"一、应报内容（{len(owing.items)} 项）"]
    lines += _indented(bulleted(f"第{item}项 {title}（{ROLES[role]}）" for item, title, role in owing.items))
    lines += ["", "二、接下来", *_indented(bulleted(_outlook(reminder, attached)))]
    lines += ["", RULE, f"如有疑问，请联系{contact}。", ""]
    return [visible(line) for line in lines]


def what_stands(owing: Owing) -> str:
    """What was received so far, and why it does not count, in one line."""
    if owing.state == "missing":
        return "尚未收到报送"
    arrived = f"{_day(owing.arrived_at)}收到的 {owing.accession} "
    if owing.state == "set_aside":
        return f"{arrived}已搁置，不能确认由谁报送"
    counts = "、".join(
        f"{title} {owing.findings[key]}" for key, title in SEVERITY_TITLES.items() if key in owing.findings
    )
    return in_one_line(f"{arrived}已退回，尚未重报（{counts}）：{owing.first}")


def _outlook(reminder: Reminder, attached: Sequence[str]) -> Iterable[str]:
    owing = reminder.owing
    files = "、".join(f"“{name}”" for name in attached)
    where = "附件" if reminder.channel == MAIL else "同一文件夹中的"
    if files and owing.state == "returned":
        yield f"请按{where}{files}中指出的问题改正，改好后放入报送文件夹。"
    elif files:
        yield f"请填写{where}{files}，填好后放入报送文件夹。"
    else:
        yield "请用下发的填报表填写，填好后放入报送文件夹；没有填报表的，请联系我们补发。"
    if owing.days < 0:
        yield "确有困难不能按时报送的，请在截止日前申请延期。"
    if reminder.copied:
        names = "、".join(person.name for person in reminder.copied)
        yield f"本通知同时抄送{names}。" if reminder.channel == MAIL else f"已逾期，请将本通知转呈{names}。"
    yield "已经报送的，以回执为准，不必理会本通知。"


def directors_subject(desk: Desk) -> str:
    return f"【督办】{desk.quarter.title}逾期未报单位 {len(desk.overdue)} 家（{_day(desk.today)}）"


def directors_letter(desk: Desk, contact: str, attached: Sequence[str]) -> list[str]:
    overdue = desk.overdue
    lines = ["逾期未报单位", RULE]
    lines += aligned(
        ("报告期", desk.quarter.title),
        ("截止", f"{desk.calendar:%Y年%m月%d日}（{left(desk.calendar, desk.days, desk.today)}）"),
        ("报送情况", counts(desk)),
        (f"逾期{desk.contacts.reminders.directors_from}日以上", f"{len(overdue)} 家"),
    )
    lines += ["", *_indented(bulleted(f"{one.name}：{STATES[one.state]}，{one.left}" for one in overdue))]
    if attached:
        lines += ["", f"各家欠报内容和联系人见附件“{attached[0]}”。"]
    lines += ["", RULE, f"如有疑问，请联系{contact}。", ""]
    return [visible(line) for line in lines]


def chat(desk: Desk) -> str:
    """How the quarter stands, and who is overdue, for a group chat."""
    overdue = [one.name for one in desk.outstanding if one.today > one.due]
    text = (
        f"{desk.quarter.title}报送：{counts(desk)}；"
        f"{_day(desk.calendar)}截止，{left(desk.calendar, desk.days, desk.today)}。"
    )
    if overdue:
        more = f" 等 {len(overdue)} 家" if len(overdue) > _NAMED else ""
        text += f"逾期未报：{'、'.join(overdue[:_NAMED])}{more}。"
    return in_one_line(text)


def counts(desk: Desk) -> str:
    """How many owe a report, and how many are in which state."""
    states = [one.state for one in desk.everybody]
    told = [f"应报 {len(states)} 家", f"已受理 {states.count('accepted')}"]
    return "，".join(told + [f"{title} {states.count(state)}" for state, title in STATES.items() if state in states])


def step_title(step: int) -> str:
    """A step in words: 截止前第 3 个工作日."""
    return f"截止{'前' if step < 0 else '后'}第 {abs(step)} 个工作日" if step else "截止日"


def _day(day) -> str:
    return f"{day.month}月{day.day}日"


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]
