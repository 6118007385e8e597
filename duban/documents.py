"""The only home of python-docx: Word documents in the form of official circulars (GB/T 9704), whole or not there, whose
bytes depend on their content alone."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from duban.files import atomic_path
from duban.pages import CELL_LINE, CELL_MARGIN, CELL_SIZE, LINE, Part, Table
from duban.theme import theme

_MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}  # millimetres
_FOOTER = 28  # millimetres from the paper's edge, 7 below the text
_THREE, _TWO, _FOUR = 16, 22, 14  # points of 三号, 二号 and 四号
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip file knows no earlier time
_UNKNOWN = re.compile(  # XML has no place for some; the others turn the direction of what follows
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_DROPPED = (RELATIONSHIP_TYPE.THUMBNAIL, RELATIONSHIP_TYPE.CUSTOM_XML)  # of the template: a picture of another text


def write_document(path: Path, created: dt.datetime, parts: Iterable[Part], properties: Mapping[str, str]) -> Path:
    """Write paragraphs and tables one below the other; `properties` are core properties as python-docx names them.
    `created` (aware) is the only time in the file, so equal content gives equal bytes."""
    document = docx.Document()
    _set_up(document)
    _set_properties(document, created, properties)
    # a style given by name costs a search through all of the template's, each time
    ids = {style.name: style.style_id for style in document.styles}
    for part in parts:
        if isinstance(part, Table):
            _add_table(document, part, ids)
            continue
        paragraph = document.add_paragraph()
        paragraph._p.style = ids[part.kind]
        if part.lead:
            paragraph.add_run(_storable(part.lead))._r.style = ids["lead"]
        paragraph.add_run(_storable(part.text))
    with atomic_path(path) as temporary:
        temporary.write_bytes(_timeless(document))
    return path


def _storable(text: str) -> str:
    return _UNKNOWN.sub("", text)


def _add_table(document: Document, told: Table, ids: Mapping[str, str]) -> None:
    """Ruled, with a header that is repeated on the next page and rows that are not torn apart."""
    table = document.add_table(rows=0, cols=len(told.columns), style="Table Grid")
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, told.columns.values(), strict=True):
        column.width = Mm(width)
    for place, texts in enumerate([tuple(told.columns), *told.rows]):
        row = table.add_row()
        marks = [OxmlElement("w:cantSplit")] + ([] if place else [OxmlElement("w:tblHeader")])
        row._tr.get_or_add_trPr().extend(marks)
        for cell, text, width in zip(row.cells, texts, told.columns.values(), strict=True):
            cell.width, cell.vertical_alignment = Mm(width), WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = cell.paragraphs[0]
            paragraph._p.style = ids["cell" if place else "column"]
            paragraph.add_run(_storable(text))
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(CELL_MARGIN * 56.7)))  # twentieths of a point
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _set_up(document: Document) -> None:
    """Paper, margins, page numbers, and a style for every kind of paragraph."""
    section, styles = document.sections[0], document.styles
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name, width in _MARGINS.items():
        setattr(section, name, Mm(width))
    section.footer_distance = Mm(_FOOTER)
    document.settings.odd_and_even_pages_header_footer = True
    faces = theme().official
    for name, (face, size, changes) in _kinds().items():
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _dress(style, face, size)
        style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        style.paragraph_format.line_spacing = Pt(LINE)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        for key, value in changes.items():
            setattr(style.paragraph_format, key, value)
    styles["issuer"].font.color.rgb = RGBColor.from_string(faces.red)
    styles["issuer"].paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    _rule_below(styles["issuer"], faces.red)
    _outline(styles["heading"])
    _dress(styles.add_style("lead", WD_STYLE_TYPE.CHARACTER), faces.note, _THREE)
    for footer, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        _number(footer.paragraphs[0], side)
    _name_stand_ins(document)


def _kinds() -> dict[str, tuple[str, float, dict]]:
    """Face, size in points and paragraph format of every kind of paragraph."""
    faces, centred = theme().official, {"alignment": WD_ALIGN_PARAGRAPH.CENTER}
    indented = {"first_line_indent": Pt(2 * _THREE), "alignment": WD_ALIGN_PARAGRAPH.JUSTIFY}
    return {
        "issuer": (faces.title, 32, centred | {"space_after": Pt(LINE / 2)}),
        "title": (faces.title, _TWO, centred),
        "mark": (faces.note, _THREE, centred),
        "addressee": (faces.text, _THREE, {"space_before": Pt(LINE / 2)}),
        "body": (faces.text, _THREE, indented),
        "heading": (faces.heading, _THREE, indented | {"keep_with_next": True}),
        "column": (faces.heading, CELL_SIZE, centred | {"line_spacing": Pt(CELL_LINE + 4)}),
        "cell": (faces.text, CELL_SIZE, {"line_spacing": Pt(CELL_LINE), "space_before": Pt(1), "space_after": Pt(1)}),
        "annex": (faces.text, _THREE, indented | {"space_before": Pt(LINE / 2), "space_after": Pt(LINE / 2)}),
        "signature": (
            faces.text,
            _THREE,
            {"alignment": WD_ALIGN_PARAGRAPH.RIGHT, "right_indent": Pt(4 * _THREE), "keep_together": True},
        ),
    }


def _dress(style: ParagraphStyle, face: str, size: float) -> None:
    """A Chinese face, with the theme's one for numbers and Latin letters."""
    style.font.name, style.font.size = theme().official.number, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks are Chinese ones


def _rule_below(style: ParagraphStyle, colour: str) -> None:
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "18", "space": "4", "color": colour}.items():
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    style.element.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _outline(style: ParagraphStyle) -> None:
    """Headings stand in the navigation pane."""
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "0")
    style.element.get_or_add_pPr().append(level)


def _number(paragraph, side: str) -> None:
    """— 1 —, one character off the outer edge."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH[side]
    edge = "right_indent" if side == "RIGHT" else "left_indent"
    setattr(paragraph.paragraph_format, edge, Pt(_FOUR))
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text)
        _dress(run, theme().official.table, _FOUR)
        if text is None:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE")
            run._r.addprevious(field)
            field.append(run._r)
            run.text = "1"


def _name_stand_ins(document: Document) -> None:
    """What to show where a face is not installed, so that a circular never comes out in a Latin one."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = "".join(
        f'<w:font w:name="{face}"><w:altName w:val="{instead}"/><w:charset w:val="86"/></w:font>'
        for face, instead in theme().official.instead.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")


def _set_properties(document: Document, created: dt.datetime, properties: Mapping[str, str]) -> None:
    core, utc = document.core_properties, created.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    for name, value in properties.items():
        setattr(core, name, value)
    core.last_modified_by, core.created, core.modified, core.revision = core.author, utc, utc, 1
    core.language = "zh-CN"
    for package in (document.part.package, document.part):
        for key, relation in list(package.rels.items()):
            if relation.reltype in _DROPPED:
                del package.rels[key]


def _timeless(document: Document) -> bytes:
    """The file's bytes, with no time of writing in them."""
    written, timeless = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(timeless, "w", zipfile.ZIP_DEFLATED) as package:
        for name in parts.namelist():
            package.writestr(zipfile.ZipInfo(name, _EARLIEST), parts.read(name), zipfile.ZIP_DEFLATED)
    return timeless.getvalue()
