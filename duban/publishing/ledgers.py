"""What a publication keeps of the ledgers: the records that concern it, as they stood on the day it was pinned."""

import datetime as dt
import hashlib
import json
from decimal import Decimal

from duban.errors import UserError
from duban.fillin.layout import STATUSES
from duban.quarters import Quarter
from duban.registry.ledgers import BLANK, CORRECTIONS, NOT_APPLICABLE, Correction, Extension, Ledgers, reporters_of
from duban.registry.registry import Registry
from duban.warehouse.connection import Connection, records

_KINDS = ("extensions", "waivers", "corrections")
_SHARED = ("reason", "approved_by", "approved_on")


def pinned_ledgers(ledgers: Ledgers, registry: Registry, quarter: Quarter, day: dt.date) -> dict:
    """The ledgers' digest and files, and the records that were approved by `day`: the quarter's extensions and waivers,
    and the corrections of the year so far. What has expired is kept, and says so."""
    year = [str(one) for one in quarter.of_year if one <= quarter]
    corrections = [
        _correction(number, record, registry, day)
        for number, record in enumerate(ledgers.corrections, start=1)
        if record.quarter in year and record.approved_on <= day.isoformat()
    ]
    waivers = [
        {
            "number": number,
            "reporter": registry.by_name[record.reporter].code,
            **record.model_dump(include={"rule", "item", "input", "expires", *_SHARED}),
            "because": record.because,
        }
        for number, record in enumerate(ledgers.waivers, start=1)
        if (not record.quarters or str(quarter) in record.quarters) and record.approved_on <= day.isoformat()
    ]
    extensions = [_extension(number, record, registry) for number, record in ledgers.extensions_on(quarter, day)]
    return {
        "digest": ledgers.digest,
        "files": dict(ledgers.files),
        "extensions": extensions,
        "waivers": waivers,
        "corrections": corrections,
    }


def ledgers_known(pinned: dict, since: dt.date, today: dict) -> dict:
    """The records in force at a past moment: those that the publication before it was `pinned` with, and of today's
    those that were approved after that day. What was entered or withdrawn later, with an earlier date, is not known
    yet."""
    added = {
        kind: [one for one in today[kind] if one["approved_on"] > since.isoformat() and _unnumbered(one) not in before]
        for kind in _KINDS
        for before in [[_unnumbered(one) for one in pinned[kind]]]
    }
    source = today if any(added.values()) else pinned
    return source | {kind: pinned[kind] + added[kind] for kind in _KINDS}


def _unnumbered(record: dict) -> dict:
    return {word: value for word, value in record.items() if word != "number"}


def digest_of_records(pinned: dict) -> str:
    """SHA-256 of the records alone: a comment, or a record of another quarter, makes no new publication."""
    kept = {kind: pinned[kind] for kind in _KINDS}
    return hashlib.sha256(json.dumps(kept, ensure_ascii=True, sort_keys=True).encode()).hexdigest()


def _extension(number: int, record: Extension, registry: Registry) -> dict:
    codes = reporters_of(registry, record.reporters)
    return {
        "number": number,
        "words": "、".join("全部填报单位" if word == "all" else word for word in record.reporters),
        "reporters": codes,
        **record.model_dump(include={"due", *_SHARED}),
    }


def _correction(number: int, record: Correction, registry: Registry, day: dt.date) -> dict:
    return {
        "number": number,
        "reporter": registry.by_name[record.reporter].code,
        "tab": record.tab,
        "key": record.key,
        "field": record.field or "value",
        "holds": record.holds_on(day),
        **record.model_dump(include={"quarter", "expires", *_SHARED}),
        **{f"old_{word}": value for word, value in _read(record.old, record.tab).items()},
        **{f"new_{word}": value for word, value in _read(record.new, record.tab).items()},
    }


def _read(value: Decimal | str, tab: str) -> dict:
    """A value as `entries` hold it."""
    if isinstance(value, Decimal):
        return {"state": "value", "number": f"{value:f}", "text": None}
    if value == BLANK:
        return {"state": "blank", "number": None, "text": None}
    if value == NOT_APPLICABLE and tab == "inputs":
        return {"state": "not_applicable", "number": None, "text": None}
    return {"state": "value", "number": None, "text": STATUSES[value]}


def refuse_what_no_longer_matches(connection: Connection, quarter: Quarter) -> None:
    """Raise UserError where a staged correction is of a value that is not the accepted submission's."""
    faults = []
    for row in records(connection, "marts/contradicted"):
        at = f"{CORRECTIONS} 第{row['number']}条：{row['reporter']} {row['quarter']} 的“{row['title']}”（{row['key']}）"
        if row["accession"] is None:
            faults.append(
                f"{at}还没有已受理的报送，台账却要把 {row['old']} 改为 {row['new']}，请核对 quarter 和 reporter"
            )
        elif row["cell"] is None:
            faults.append(f"{at}在已受理的 {row['accession']} 中没有这一行，请核对或删去该条")
        else:
            faults.append(
                f"{at}现为 {row['stands']}（{row['accession']} {row['cell']}），台账写的原数是 {row['old']}，"
                f"更正为 {row['new']}，请核对现在的数后修改 old、new 或删去该条"
            )
    if faults:
        raise UserError("\n".join(f"{fault}；改好后再运行 duban publish {quarter}。" for fault in faults))
