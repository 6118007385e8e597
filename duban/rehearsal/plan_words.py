"""What a change of a plan is, in sentences."""

from collections.abc import Iterator

from duban.cli_print import SEVERITIES

THINGS = {"reporters": "填报单位", "items": "重点工作", "inputs": "填报项"}
_FEW = 6


def plan_lines(plan: dict) -> Iterator[str]:
    """The changes that `duban.rehearsal.plans` found."""
    if plan["files"]:
        yield f"  内容不同的文件：{'、'.join(plan['files'])}"
    if plan["due"]:
        yield f"  报送截止：{plan['due'][0]} → {plan['due'][1]}"
    for thing, title in THINGS.items():
        for word, said in (("added", "新增"), ("dropped", "取消")):
            found = [
                f"第{one['key']}项“{one['title']}”" if thing == "items" else one["title"] for one in plan[thing][word]
            ]
            if found:
                more = f"等 {len(found)} 个" if len(found) > _FEW else ""
                yield f"  {said}{title}：{'、'.join(found[:_FEW])}{more}"
    for one in plan["severities"]:
        yield f"  规则“{one['title']}”（{one['rule']}）：{SEVERITIES[one['before']]} → {SEVERITIES[one['after']]}"
    yield from _rows(plan["rows"])


def _rows(rows: list[dict]) -> Iterator[str]:
    """By item and by who is concerned, because an item's rows come and go together."""

    alike: dict[tuple, list[dict]] = {}
    for row in rows:
        alike.setdefault((row["item"], tuple(row["added"]), tuple(row["dropped"])), []).append(row)
    for (item, added, dropped), same in alike.items():
        inputs = [row["title"] for row in same if row["tab"] == "inputs"]
        parts = ["工作进展 1 行"] if len(inputs) < len(same) else []
        if inputs:
            named = f"“{inputs[0]}”" if len(inputs) == 1 else f" {len(inputs)} 行"
            parts.append(f"指标数据{named}")
        said = [f"{len(codes)} 家{word}" for codes, word in ((added, "须补填"), (dropped, "不再填")) if codes]
        yield f"  填报表的行：第{item}项 {'、'.join(parts)}，{'，'.join(said)}"
