"""The only home of Great Expectations: some ten general expectations, once over the frame of all files.

Run as a module it is the process behind `Validator`: importing Great Expectations takes seconds, so it happens there,
while the main process reads. It is told paths, one JSON object a line, and answers in the same way.
"""

import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from duban.checking.left_out import leave_out
from duban.checking.rules import CHECKS, PROJECT_STATUS_WORDS, STATUS_WORDS
from duban.garbage import no_collection

if TYPE_CHECKING:
    import pandas

_SEVERITY = "critical"  # all of them must be fixed; an item's own check that asks for less says so in its row


def expectations(gxe: ModuleType) -> dict[str, object]:
    """One general expectation for each check in `CHECKS`, by its name; columns are those of the frame."""
    greater = _configured_once(gxe.ExpectColumnPairValuesAToBeGreaterThanB)
    same = _configured_once(gxe.ExpectColumnPairValuesToBeEqual)
    not_null = _configured_once(gxe.ExpectColumnValuesToNotBeNull)
    in_set = _configured_once(gxe.ExpectColumnValuesToBeInSet)

    def not_below(check: str, high: str, low: str) -> object:
        return greater(
            column_A=high, column_B=low, or_equal=True, ignore_row_if="either_value_is_missing", **marks(check)
        )

    def equal(check: str, one: str, other: str) -> object:
        return same(column_A=one, column_B=other, ignore_row_if="either_value_is_missing", **marks(check))

    def marks(check: str) -> dict:
        return {"meta": {"check": check, "rules": dict(CHECKS[check])}, "severity": _SEVERITY}

    if_required = {"type": "comparison", "column": {"name": "required"}, "operator": "==", "parameter": True}
    return {
        "required": not_null(
            column="present", row_condition=if_required, condition_parser="pandas", **marks("required")
        ),
        "status": in_set(column="status", value_set=[*STATUS_WORDS, *PROJECT_STATUS_WORDS], **marks("status")),
        "minimum": not_below("minimum", "number", "minimum"),
        "maximum": not_below("maximum", "maximum", "number"),
        "precision": not_below("precision", "decimals", "digits"),
        "part": not_below("part", "whole", "number"),
        "falls": not_below("falls", "number", "previous"),
        "complete": not_below("complete", "number", "complete"),
        "year": equal("year", "year", "plan_year"),
    }


def _configured_once(kind: type) -> type:
    """A kind of expectation, under its own name, whose objects keep the configuration that they are asked for. To judge
    a frame of any size they are asked 1,400 times, and make it anew each time: two fifths of what a few rows cost."""
    from great_expectations.compatibility.pydantic import PrivateAttr

    def configuration(self: object) -> object:
        if self._configuration is None:
            self._configuration = kind.configuration.fget(self)
        return self._configuration

    # that a kind is registered anew under its name is what is wanted here, and no complaint
    logging.getLogger("great_expectations.expectations.registry").setLevel(logging.ERROR)
    members = {"__module__": __name__, "_configuration": PrivateAttr(None), "configuration": property(configuration)}
    return type(kind)(kind.__name__, (kind,), members)


def validate(frame_path: Path, failures_path: Path, results_path: Path | None = None) -> None:
    """Validate the frame and write the rows that fail: `n` and `rule`; and, as JSON, what each expectation found.

    Raises RuntimeError when Great Expectations could not judge: a check that did not run has not passed.
    """
    with pq.ParquetFile(frame_path) as file:  # read_table would import what reads folders of files
        frame = file.read().to_pandas().set_index("n").rename_axis(None)
    kinds, times = frame.pop("kind"), frame.pop("times")
    if frame.empty:
        raise RuntimeError("an empty frame passes every expectation; it must not be validated")
    batch, suite = _asked()
    outcome = batch.get_batch({"dataframe": frame}).validate(
        suite, result_format={"result_format": "COMPLETE", "include_unexpected_rows": False}
    )
    failed = list(_failed(outcome.results, kinds))
    rows, rules = zip(*failed, strict=True) if failed else ((), ())
    pq.write_table(pa.table({"n": pa.array(rows, pa.int64()), "rule": pa.array(rules, pa.string())}), failures_path)
    if results_path:
        found = _summary(outcome.results, frame, times)
        results_path.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


@cache
def _asked() -> tuple[object, object]:
    """What every frame is asked by, made once: the definition of a batch, and the suite."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("frame").add_dataframe_asset("frame")
    suite = gx.ExpectationSuite(name="frame", expectations=list(expectations(gxe).values()))
    return asset.add_batch_definition_whole_dataframe("frame"), suite


def _summary(results: list, frame: "pandas.DataFrame", times: "pandas.Series") -> list[dict]:
    """Each expectation in the order of `CHECKS`: check, Great Expectations' name, columns, elements looked at (those
    with something to judge), and how many of them were not as expected; rows count as often as they come.

    Raises RuntimeError when Great Expectations looked at another number of rows."""
    found = {}
    for result in results:
        config, counts = result.expectation_config, result.result
        given = config.kwargs
        columns = [given[key] for key in ("column", "column_A", "column_B") if key in given]
        # to expect a value is to judge the blanks too; every other expectation passes them over
        wanted = config.type.endswith("_not_be_null")
        judged = frame["required"] if wanted else frame[columns].notna().all(axis="columns")
        looked_at = counts["element_count"] - (0 if wanted else counts["missing_count"])
        if judged.sum() != looked_at:
            raise RuntimeError(f"check {config.meta['check']} looked at {looked_at} rows of {judged.sum()}")
        found[config.meta["check"]] = {
            "check": config.meta["check"],
            "expectation": config.type,
            "columns": columns,
            "allowed": list(given.get("value_set", ())),
            "elements": int(times[judged].sum()),
            "unexpected": int(times.loc[counts["unexpected_index_list"] or []].sum()),
        }
    return [found[check] for check in CHECKS]


def _failed(results: list, kinds: "pandas.Series") -> Iterator[tuple[int, str]]:
    """Rows and rules from Great Expectations' results, which come back in an order of their own."""
    judged = set()
    for result in results:
        meta = result.expectation_config.meta
        if result.exception_info.get("raised_exception", True):
            raise RuntimeError(f"check {meta['check']} did not run: {result.exception_info}")
        judged.add(meta["check"])
        rows, count = result.result["unexpected_index_list"] or [], result.result["unexpected_count"]
        if len(rows) != count:
            raise RuntimeError(f"check {meta['check']} failed {count} rows and named {len(rows)}")
        for n, kind in kinds.loc[rows].items():
            yield n, meta["rules"][kind]
    if judged != set(CHECKS):
        raise RuntimeError(f"checks that were not judged: {sorted(set(CHECKS) - judged)}")


def serve(orders: TextIO, answers: TextIO) -> None:
    """Import Great Expectations, then validate what is ordered until the orders end."""
    leave_out()
    with no_collection():
        import_module("great_expectations.expectations")  # a second and more: what this process is for

    for line in orders:
        order = json.loads(line)
        try:
            validate(
                Path(order["frame"]), Path(order["failures"]), Path(order["results"]) if order["results"] else None
            )
            answer = {"error": None}
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # whatever the library prints must not end up among the answers
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(sys.stdin, channel)
