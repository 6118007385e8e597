"""What a publication says of items: lights of the province and of reporters, who is behind, and reporters' words."""

from dataclasses import replace

from duban.tracing import counts
from duban.tracing.content import BRACKETS, PROVINCE, Figure, Handler, Row, item_of, named, sign_of
from duban.tracing.measured import Measured

# what a published column of a reporter's own words is called in its submission
SAID = {
    "进展状态": "status",
    "自报状态": "status",
    "工作进展": "done",
    "本季度工作进展": "done",
    "存在问题": "problems",
    "下一步打算": "next",
    "预计完成": "expected_on",
    "情况说明": "explanation",
}


class Lit:
    """The cells that hold a light of an item, what it follows from, or what reporters say of an item."""

    def __init__(self, measured: Measured):
        self.publication, self.measured = measured.publication, measured

    def item_handler(self, item: int) -> Handler:
        """What tells the cells of an item's own sheet."""
        measures = {name: record for name, record in self.publication.measures.items() if record["item"] == item}
        titled = {f"{record['title']}（{record['unit']}）": name for name, record in measures.items()}

        def handle(header: str, row: Row) -> Figure | None:
            name = row.get("填报单位", "")
            measure = titled.get(header)
            if name == PROVINCE:
                if measure:
                    return self.measured.of_province(measure, self.publication.quarter)
                if header == "进展状态":
                    found = self.of_item(item, "已报/应报")
                    return replace(found, value=f"{found.value} 已报")
                return self.of_item(item, header) if header == "灯" else None
            code = self.publication.codes.get(name)
            if code is None:
                return None
            if measure:
                return self.measured.of_reporter(measure, code, self.publication.quarter)
            if header == "灯":
                return self.light_of("reporter_item", item, "", code)
            return self.said(item, [code], header)

        return handle

    def said(self, item: int, codes: list[str], header: str) -> Figure | None:
        """What reporters said of an item."""
        if header not in SAID:
            return None
        names = "、".join(self.publication.reporters[code]["name"] for code in codes)
        keys = tuple(("said", item, code, SAID[header]) for code in codes)
        return Figure(f"{names} 第 {item} 项 {header}", "text", keys=keys)

    def of_item(self, item: int, header: str) -> Figure | None:
        """What a table says of an item as a whole."""
        if header in ("灯", PROVINCE, "各季灯", "判断依据"):
            return self.light_of("item", item, "", "", header)
        if header in counts.OF_ITEMS:
            value, text = counts.of_item(self.publication, item, header)
            keys = tuple(("said", item, code, "status") for code in counts.owing(self.publication, item))
            return Figure(f"第 {item} 项 {header}", "count", value, text, keys)
        return self.said(item, self.publication.items[item]["consolidators"], header)

    def light_of(self, scope: str, item: int, subject: str, reporter: str, header: str = "灯") -> Figure | None:
        """A light with all that it follows from."""
        publication = self.publication
        light = publication.lights.get((scope, item, subject, reporter))
        if light is None:
            return None
        whose = publication.reporters[reporter]["name"] if reporter else PROVINCE
        keys, notes = [], []
        below = publication.judged.get((item, reporter), [])
        if reporter:
            below = below + [one for one in publication.judged.get((item, ""), []) if one[1].scope == "deliverable"]
        for name, part in below:
            if subject and name != subject:
                continue
            if part.scope == "deliverable":
                answering = publication.items[item]["consolidators"]
                codes = answering if not reporter else [code for code in answering if code == reporter]
                keys += [("said", item, code, field) for code in codes for field in ("status", "expected_on")]
                title = publication.deliverables[name]["title"]
                notes += [f"成果“{title}”：{sign_of(publication, part)} {part.formula}"] if codes else []
            else:
                keys.append(("standing", name, reporter) if reporter else ("stood", name))
                title = publication.measures[name]["title"]
                notes.append(f"指标“{title}”：{sign_of(publication, part)} {part.formula}")
        if not light.computed or not keys:
            codes = [reporter] if reporter else publication.items[item]["consolidators"]
            keys += [("said", item, code, field) for code in codes for field in ("status", "expected_on")]
        value = sign_of(publication, light) if header in ("灯", PROVINCE) else None
        keys = tuple(dict.fromkeys(keys))
        return Figure(f"{whose} 第 {item} 项的灯", "light", value, light.formula, keys, light, tuple(notes))

    def of_items(self, header: str, row: Row) -> Figure | None:
        """A cell of 重点工作总表."""
        item = item_of(self.publication, row)
        return self.of_item(item, header) if item else None

    def of_prefectures(self, header: str, row: Row) -> Figure | None:
        """A cell of 市州进度."""
        item, code = item_of(self.publication, row), self.publication.codes.get(header)
        if not item:
            return None
        if header == PROVINCE:
            return self.light_of("item", item, "", "")
        found = code and self.light_of("reporter_item", item, "", code)
        if found and (self.publication.quarter, code) not in self.publication.current:
            return Figure(f"{header} 第 {item} 项：没有已采用的报送", "count", None, "", found.keys, found.light)
        return found or None

    def of_lagging(self, header: str, row: Row) -> Figure | None:
        """A cell of 滞后清单."""
        item = item_of(self.publication, row)
        if not item:
            return None
        name = row.get("填报单位", "")
        code = self.publication.codes.get(name, "")
        subject = row.get("指标或成果", "")
        own = BRACKETS.sub("", header)
        if own in ("存在问题", "下一步打算", "情况说明"):
            answering = self.publication.items[item]["consolidators"]
            province = name == PROVINCE or named(self.publication.deliverables, item, subject)
            return self.said(item, answering if province else [code], own)
        return self._behind(header, item, subject, "" if name == PROVINCE else code)

    def worst(self, header: str, row: Row) -> Figure | None:
        """A cell of the table of the furthest behind in 总览."""
        item, own = item_of(self.publication, row), BRACKETS.sub("", header)
        if not item:
            return None
        subject = next((text for word, text in row.items() if "指标" in word), "")
        if own in ("存在问题", "下一步打算"):
            return self.said(item, self.publication.items[item]["consolidators"], own)
        return self._behind(header, item, subject, "")

    def _behind(self, header: str, item: int, subject: str, reporter: str) -> Figure | None:
        measure = named(self.publication.measures, item, subject)
        if measure:
            return self.measured.judged(header, "reporter_measure" if reporter else "measure", measure, reporter)
        if header not in ("灯", "判断依据"):
            return None
        deliverable = named(self.publication.deliverables, item, subject)
        if deliverable:
            found = self.light_of("deliverable", item, deliverable, "", header)
        else:
            found = self.light_of("reporter_item" if reporter else "item", item, "", reporter, header)
        return found
