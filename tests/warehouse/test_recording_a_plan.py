import datetime as dt
from decimal import Decimal

import pytest
from drawn import NOW

from duban.registry.load import load_registry
from duban.settings import SCHEMAS
from duban.warehouse.connection import open_warehouse, transaction
from duban.warehouse.plan import record_registry

TABLES = (
    "registries",
    "reporters",
    "items",
    "consolidators",
    "measures",
    "deliverables",
    "inputs",
    "item_checks",
    "owed_items",
    "owed_inputs",
    "targets",
)


def recorded(registry, times: int = 1) -> dict[str, list[tuple]]:
    with open_warehouse(None) as connection:
        for later in range(times):
            with transaction(connection):
                record_registry(connection, registry, NOW + dt.timedelta(days=later))
        return {table: connection.execute(f"SELECT * EXCLUDE registry FROM {table}").fetchall() for table in TABLES}


def test_every_table_of_the_plan_is_filled_as_the_files_say(registry):
    found = recorded(registry)
    assert found["reporters"] == [
        ("A1", 1, "甲市", "甲市局", "prefecture", 1000),
        ("A2", 2, "乙市", "乙市局", "prefecture", 2000),
        ("B1", 3, "办公室", "某局办公室", "department", None),
    ]
    assert found["items"] == [
        (1, "stations", 1, "第一篇", "建设站点"),
        (2, "training", 1, "第一篇", "开展培训"),
        (3, "house", 1, "第一篇", "机关建设"),
    ]
    assert found["consolidators"] == [(1, "B1"), (2, "B1"), (3, "B1")]
    quarters = [25, 50, 75, 100]
    assert found["measures"] == [
        ("stations", 1, 1, "站点", "个", "to_date", "sum", None, None, quarters, None, 1),
        ("rate", 2, 1, "达标率", "%", "to_date", "ratio", None, None, quarters, None, 1),
        ("trained", 3, 2, "培训", "人次", "in_quarter", "sum", None, None, quarters, None, 1),
        ("spent", 4, 2, "经费", "万元", "to_date", "sum", None, None, quarters, None, 1),
    ]
    assert found["deliverables"] == [("rules", 3, "制度", "2023Q4")]
    zero = Decimal(0)
    assert found["inputs"] == [
        ("stations", 1, 1, "stations", "value", "站点", "个", "to_date", zero, Decimal(500), 0),
        ("rate.numerator", 2, 1, "rate", "numerator", "达标数", "个", "to_date", zero, None, 0),
        ("rate.denominator", 3, 1, "rate", "denominator", "检查数", "个", "to_date", zero, None, 0),
        ("trained", 4, 2, "trained", "value", "培训", "人次", "in_quarter", zero, None, 0),
        ("spent", 5, 2, "spent", "value", "经费", "万元", "to_date", zero, None, 2),
    ]
    assert found["item_checks"] == [
        (1, "never_falls", "stations", None, "must_fix"),
        (1, "never_falls", "rate.denominator", None, "confirm"),
        (1, "not_above", "rate.numerator", "rate.denominator", "must_fix"),
    ]
    assert found["owed_items"] == [
        (1, "B1", "lead"),
        (1, "A1", "local"),
        (1, "A2", "local"),
        (2, "B1", "lead"),
        (2, "A1", "local"),
        (2, "A2", "local"),
        (3, "B1", "lead"),
    ]
    codes = [code for code, *_ in found["inputs"]]
    assert found["owed_inputs"] == [(code, reporter) for reporter in ("A1", "A2") for code in codes]
    assert found["targets"] == []


def test_recording_twice_is_recording_once(registry):
    assert recorded(registry, times=2) == recorded(registry)


@pytest.mark.skipif(not (SCHEMAS / "2023" / "plan.yaml").exists(), reason="the plan of 2023 is not here")
def test_the_plan_of_2023_is_recorded_whole():
    registry = load_registry(SCHEMAS / "2023")
    found = recorded(registry)
    assert len(found["items"]) == len(registry.items)
    assert len(found["owed_inputs"]) == sum(len(inputs) for inputs in registry.owed_inputs.values())
    shares = {(measure, reporter): share for (reporter, measure), share in registry.shares.items()}
    targets = {(measure, reporter): target for measure, reporter, target in found["targets"]}
    assert shares.items() <= targets.items()
    assert {measure for measure, _ in targets} <= {name for name, (_, m) in registry.measures.items() if m.target}
