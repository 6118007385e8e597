"""The rules that every submission is checked against, as rows of 数据说明."""

import re
from collections.abc import Iterator

from duban.messages import SEVERITIES, load_messages
from duban.sheets import Book

_FOLLOWS = {
    "structure": "文件无法识别，退回或搁置",
    "must_fix": "退回修改",
    "confirm": "改正，或在情况说明中写明原因",
    "notice": "照收，只作提示",
}
# what stands for a slot where there is no finding to fill it
_SLOTS = {
    "sheet": "所在表",
    "header": "该列",
    "where": "该行",
    "value": "所填内容",
    "minimum": "下限",
    "maximum": "上限",
    "quarter": "报告期",
    "reporter": "填报单位",
    "previous": "上季数",
    "current": "本季数",
    "limit": "限值",
    "decimals": "规定",
    "unit": "计量单位",
    "statuses": "下拉选项",
    "whole_title": "总数项",
    "whole": "总数",
    "plan": "方案",
    "typed": "原文",
    "cleaned": "统一后的写法",
}


def rule_rows(book: Book) -> Iterator[tuple]:
    """The gravest first, in the words of messages.yaml."""
    messages = load_messages()
    for severity in SEVERITIES:
        title = book.theme.severities[severity].title
        for code, rule in messages.items():
            if rule.severity == severity:
                text = f"{_general(rule.found)}，{_general(rule.wanted)}。（{_FOLLOWS[severity]}）"
                yield f"规则·{title}", code, text, rule.reason


def _general(template: str) -> str:
    """A finding's template as a rule: slots become general words."""
    return re.sub(r"\{(\w+)\}", lambda slot: f"〔{_SLOTS.get(slot[1], '…')}〕", template)
