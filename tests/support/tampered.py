"""Other values in single cells of a written publication, and nothing else changed: what takes openpyxl two seconds."""

import re
import zipfile
from collections.abc import Mapping
from html import escape
from pathlib import Path

from python_calamine import CalamineWorkbook


def rows_of(path: Path, sheet: str) -> list[list]:
    """All cells of a sheet from A1 on."""
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def put(path: Path, sheet: str, values: Mapping[str, object]) -> None:
    """Put texts, numbers, or nothing (None) into cells that are there, by their addresses."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = f"xl/worksheets/sheet{CalamineWorkbook.from_path(path).sheet_names.index(sheet) + 1}.xml"
    text = parts[name].decode()
    for address, value in values.items():
        found = re.search(rf'<c r="{address}"( s="\d+")?[^>]*?(/>|>.*?</c>)', text)
        cell = f'<c r="{address}"{found[1] or ""}'
        if value is None:
            cell += "/>"
        elif isinstance(value, str):
            cell += f' t="inlineStr"><is><t xml:space="preserve">{escape(value, quote=False)}</t></is></c>'
        else:
            cell += f"><v>{value}</v></c>"
        text = text[: found.start()] + cell + text[found.end() :]
    parts[name] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
