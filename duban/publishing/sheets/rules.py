"""The rules of lights over the year, and those that every submission is checked against, as rows of 数据说明."""

import re
from collections.abc import Iterator

from duban.messages import load_messages
from duban.severities import SEVERITIES
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


def light_rows() -> Iterator[tuple]:
    """What a light is told of over the year, and why one is grey."""
    kind = "灯"
    yield (
        kind,
        "逾期补齐",
        "目标或成果的期限在以前季度、到期后判为未完成而在本季达到的，本季记黄灯，不记已达标，判断依据中注明“本季补齐，记黄灯”；"
        "下一季起按当季情况。期限以后各季都没有数据、无从判断的，不作逾期。补齐的不列入滞后清单，自报“已完成”也不算与数据不符。",
        "逾期而后补齐，与按期完成有别",
    )
    yield (
        kind,
        "各季灯",
        "本年度各季的灯，从一季度到本季依次排列。都按本次发布所依据的报送、更正和方案计算，以前季度此后补报或更正的，"
        "可与当时发布的不同。",
        "当时发布的见各季汇总簿",
    )
    yield (
        kind,
        "无从判断",
        "判断依据中写明原因：未设目标、目标引用的基数尚未填入、本单位未分解目标、未报数、退回修改中、不适用、分母为 0，"
        "或牵头单位所报的状态和时间不足以判断成果。",
        "",
    )


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
