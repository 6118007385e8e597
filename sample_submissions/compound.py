"""A writer of OLE compound files (the container of .xls and of password-protected workbooks), just large enough."""

import struct
from collections.abc import Mapping

_SECTOR = 512
_LEAST = 4096  # smaller streams would live in a second, smaller container
_END, _FREE, _FAT_SECTOR, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of version 3 that holds these streams, each padded to at least 4,096 bytes."""
    padded = {name: data.ljust(_LEAST, b"\0") for name, data in streams.items()}
    names = sorted(padded, key=lambda name: (len(name), name.upper()))  # the order that the format wants
    body, chains, starts = b"", [], {}
    for name in names:
        starts[name] = len(chains)
        sectors = -(-len(padded[name]) // _SECTOR)
        chains += [*range(len(chains) + 1, len(chains) + sectors), _END]
        body += padded[name].ljust(sectors * _SECTOR, b"\0")
    directory = _entry("Root Entry", kind=5, child=1) + b"".join(
        _entry(name, kind=2, right=at + 1 if at < len(names) else _NONE, start=starts[name], size=len(padded[name]))
        for at, name in enumerate(names, start=1)
    )
    directory += _entry("", kind=0) * (-(len(names) + 1) % 4)
    first_directory, sectors = len(chains), len(directory) // _SECTOR
    chains += [*range(first_directory + 1, first_directory + sectors), _END]
    tables = 1
    while (len(chains) + tables) * 4 > tables * _SECTOR:
        tables += 1
    first_table = len(chains)
    chains += [_FAT_SECTOR] * tables
    chains += [_FREE] * (tables * _SECTOR // 4 - len(chains))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIIII", 0, tables, first_directory, 0, _LEAST, _END, 0, _END, 0, first_table)
    header += struct.pack("<108I", *[first_table + at if at < tables else _FREE for at in range(1, 109)])
    return header + body + directory + struct.pack(f"<{len(chains)}I", *chains)


def _entry(name: str, kind: int, child: int = _NONE, right: int = _NONE, start: int = 0, size: int = 0) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0" if name else b""
    start = _END if kind == 5 else start
    entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    return entry + struct.pack("<III36xIQ", _NONE, right, child, start, size)
