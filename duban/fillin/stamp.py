"""The stamp of an issued workbook: what it was issued for, and a token that nobody else can make."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # who reads hostile bytes knows the words of a stamp, and no key
    from duban.fillin.keys import KeyRing

SIGNED = ("plan", "quarter", "reporter", "registry", "template", "issued_at", "key")
FIELDS = (*SIGNED, "token")  # the rows of the `_duban` sheet: word, value


def sign(fields: Mapping[str, str], ring: "KeyRing") -> dict[str, str]:
    """A stamp's fields (all of SIGNED but `key`) with the signing key's id and the token."""
    signed = {**fields, "key": ring.signing}
    return {word: signed[word] for word in SIGNED} | {"token": _token(signed, ring.keys[ring.signing])}


def verify(fields: Mapping[str, str | None], ring: "KeyRing") -> bool:
    """Whether these fields were stamped under a key of the ring, and not changed since; a retired key is good for the
    quarters that were issued under it alone, whoever has got hold of it."""
    named = fields.get("key") or ""
    key, quarters = ring.keys.get(named), ring.quarters.get(named)
    if key is None or any(not fields.get(word) for word in FIELDS):
        return False
    if quarters is not None and fields["quarter"] not in quarters:
        return False
    return hmac.compare_digest(_token(fields, key).encode(), str(fields["token"]).encode())


def _token(fields: Mapping[str, str | None], key: bytes) -> str:
    message = "\n".join(str(fields[word]) for word in SIGNED)
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()
