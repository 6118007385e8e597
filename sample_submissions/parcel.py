"""Zip parcels with nothing in them that depends on when or where they were made."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def parcel(data: bytes, saved_at: dt.datetime) -> bytes:
    """The same zip with every date set to `saved_at`."""
    stamp = saved_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", part)
            add(new, name, part, saved_at)
    return out.getvalue()


def with_part(data: bytes, name: str, part: bytes, saved_at: dt.datetime) -> bytes:
    """The zip with one part more."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        add(archive, name, part, saved_at)
    return out.getvalue()


def add(archive: zipfile.ZipFile, name: str, part: bytes, saved_at: dt.datetime) -> None:
    info = zipfile.ZipInfo(name, saved_at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, part, compresslevel=9)


def parts(path: Path) -> dict[str, bytes]:
    """What a parcel holds, by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
