"""What a publication lists as it was sent: projects, who reported, and the cells of figures."""

from duban.tracing import counts
from duban.tracing.content import Figure, Row
from duban.tracing.figures import Figures

# what a published column of 项目台账 is called in its submission
PROJECT = {
    "项目编号": "code",
    "项目名称": "name",
    "责任人": "owner",
    "计划完成时间": "due_on",
    "完成进度": "progress",
    "项目状态": "status",
    "本季度进展": "done",
    "情况说明": "explanation",
    "逾期": "due_on",
}


class Listed:
    """The cells of 项目台账, 报送情况 and 数据来源."""

    def __init__(self, figures: Figures):
        self.publication, self.figures = figures.publication, figures

    def of_projects(self, header: str, row: Row) -> Figure | None:
        """A cell of 项目台账."""
        if header not in PROJECT or "来源报送" not in row or "来源行" not in row:
            return None
        keys = (("project", row["来源报送"], row["来源行"], PROJECT[header]),)
        sources = self.figures.sources(keys[0])
        key = next((key for key, place in self._project_rows(row["来源报送"]).items() if place == row["来源行"]), None)
        if key and not sources:
            keys = (("project", row["来源报送"], key, PROJECT[header]),)
        what = f"{row.get('填报单位', '')} 项目“{row.get('项目名称', '')}” {header}"
        return Figure(what, "figure" if header == "完成进度" else "text", None, "取自项目清单", keys)

    def _project_rows(self, accession: str) -> dict[str, str]:
        submission = self.publication.submissions.get(accession, {"places": {}})
        return submission["places"].get("projects", {"rows": {}})["rows"]

    def of_reporting(self, header: str, row: Row) -> Figure | None:
        """A cell of 报送情况."""
        code = self.publication.codes.get(row.get("填报单位", ""))
        found = code and counts.of_reporter(self.publication, code, header)
        if not found:
            return None
        value, text = found
        return Figure(f"{row['填报单位']} {header}", "count", value, text)

    def of_sources(self, header: str, row: Row) -> Figure | None:
        """A cell of 数据来源."""
        accession, code = row.get("报送编号", ""), row.get("填报项编码", "")
        if header not in ("采用值", "填写原文", "来源单元格") or code not in self.publication.inputs:
            return None
        submission = self.publication.submissions.get(accession)
        source = submission and self.publication.sources.get((code, submission["reporter"], submission["quarter"]))
        if not source:
            return None
        value = {"采用值": source.value, "填写原文": source.typed}.get(header)
        key = ("input", code, source.reporter, source.quarter)
        kind = "figure" if header == "采用值" else "text"
        what = f"{source.name} {source.quarter} {self.publication.inputs[code][3]} {header}"
        return Figure(what, kind, value, "", (key,))
