"""Files that are not what their name says."""

import datetime as dt
import random

from duban.quarters import TIME_ZONE
from sample_submissions.compound import compound
from sample_submissions.parcel import with_part

SAVED_AT = dt.datetime(2023, 4, 6, 15, 30, tzinfo=TIME_ZONE)
STRANGE_FILES = ("empty_file", "not_a_workbook", "encrypted", "old_format", "damaged", "too_large", "macros_present")


def strange_files(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Files that are not what their name says, by rule, with their suffix."""
    noise = random.Random("noise").randbytes(len(good) // 8 * 8)
    info = b"\x04\0\x04\0\x40\0\0\0" + _ENCRYPTION.encode()
    begin = bytes.fromhex("0908100000060500dd1fcc07c100000006040000")  # BIFF8: begin of globals
    return {
        "empty_file": (b"", ".xlsx"),
        "not_a_workbook": (_PDF, ".xlsx"),
        "encrypted": (compound({"EncryptionInfo": info, "EncryptedPackage": _length(good) + noise}), ".xlsx"),
        "old_format": (compound({"Workbook": begin + b"\x0a\0\0\0"}), ".xls"),
        "damaged": (good[: len(good) * 3 // 5], ".xlsx"),
        "too_large": (with_part(good, "xl/media/image1.bmp", bytes(17 << 20), SAVED_AT), ".xlsx"),
        "macros_present": (
            with_part(good, "xl/vbaProject.bin", compound({"VBA": b"Attribute VB_Name"}), SAVED_AT),
            ".xlsm",
        ),
    }


def _length(data: bytes) -> bytes:
    return len(data).to_bytes(8, "little")


_ENCRYPTION = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption">'
    '<keyData saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" '
    'cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512" saltValue="cHVibGlzaGVkIHNhbXBsZQ=="/></encryption>'
)
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
