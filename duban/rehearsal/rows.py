"""Rows that one plan asks a reporter for and another does not: what a template of the one lacks for the other."""

import re

from duban.checking.findings import Fault
from duban.registry.registry import Registry

Row = tuple[str, str]  # table, and the item's number or the input's code


def rows_of(registry: Registry, reporter: str) -> frozenset[Row]:
    """The rows of the workbook that a plan makes a reporter fill in; none where it does not know the reporter."""
    items = registry.owed_items.get(reporter, ())
    inputs = registry.owed_inputs.get(reporter, ())
    return frozenset({("progress", str(item.item)) for item, _ in items} | {("inputs", one.code) for one in inputs})


def speaks_of(fault: Fault, rows: frozenset[Row]) -> bool:
    """Whether a fault is one of these rows, or of a project of an item whose row is among them."""
    if fault.tab == "projects":
        number = re.fullmatch(r"\s*0*(\d+)(\.0*)?\s*", fault.value) if fault.field == "item" else None
        return number is not None and ("progress", number[1]) in rows
    return (fault.tab, fault.key) in rows
