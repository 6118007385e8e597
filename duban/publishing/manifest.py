"""What lies beside the workbook: the manifest of everything that it was made from, and the list of findings."""

import csv
import json
import unicodedata
from pathlib import Path

from duban.files import atomic_path, digest_of, write_text
from duban.publishing.marts import Material
from duban.theme import theme
from duban.visible import visible

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_SUBMISSION = ("accession", "quarter", "reporter", "digest", "verdict", "current")
_HEADERS = ["报送编号", "填报单位", "处理结果", "规则", "级别", "序号", "工作表", "单元格", "填写内容"]
_HEADERS += ["问题", "处理办法", "处理", "说明"]
_SETTLED = {None: "", "explained": "已说明", "waived": "已豁免"}
_VERDICTS = {"accepted": "已采用", "returned": "退回修改", "set_aside": "搁置"}


def write_manifest(path: Path, material: Material, workbook: Path, brief: Path, findings: Path) -> Path:
    """`manifest.json`: digests of workbook, brief, findings, registry and ledgers, and of every submission."""
    manifest = {
        "publication": material.publication,
        "quarter": str(material.quarter),
        "revision": material.revision,
        "as_of": material.as_of.isoformat(),
        "duban": material.duban,
        "registry": material.registry.digest,
        "ledgers": material.ledgers["digest"],
        "base": material.base,
        "before": material.before,
        **({"approval": material.approval.record()} if material.approval else {}),
        "workbook": {"name": workbook.name, "sha256": digest_of(workbook)},
        "brief": {"name": brief.name, "sha256": digest_of(brief)},
        "findings": {"name": findings.name, "sha256": digest_of(findings)},
        "submissions": [
            dict(zip(_SUBMISSION, row, strict=True)) for row in material.long.rows("submissions", "submissions")
        ],
    }
    return write_text(path, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")


def write_findings(path: Path, material: Material) -> Path:
    """`findings.csv`: one line per finding of the quarter's submissions, for Excel (UTF-8 with a byte order mark)."""
    look = theme()
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(_HEADERS)
        for row in material.long.named("findings"):
            cells = [row.accession, row.reporter, _VERDICTS[row.verdict], row.rule, look.severities[row.severity].title]
            cells += [row.item or "", row.sheet, "、".join(row.cells), row.value, row.message, row.remedy]
            cells += [_SETTLED[row.settled], row.because]
            writer.writerow([neutral(str(cell)) for cell in cells])
    return path


def neutral(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula, full-width signs included, and no terminal for a command:
    an apostrophe before what would start one, and acting characters spelled out."""
    if not cell or (cell[0].isalnum() and cell.isprintable()):  # most: no letter or digit stands for one of the signs
        return cell
    starts = unicodedata.normalize("NFKC", cell.lstrip(" \u3000\xa0\ufeff")[:1]).startswith(_STARTS_FORMULA)
    return ("'" if starts else "") + visible(cell)
