"""The checks of single entries and pairs, by Great Expectations as duban has them, by pandera, and by plain SQL.

    python -m benchmarks.checks expectations|pandera|sql FRAME FAILURES

All three judge the frame that a collect run gave to Great Expectations, from its Parquet file, once they are imported,
and write the failing rows (`n`, `rule`) to FAILURES. Who finds other rows is no peer: `differences` says so.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from duban.checking.rules import CHECKS, PROJECT_STATUS_WORDS, STATUS_WORDS

PAIRS = {  # check: what must not be less, than what
    "minimum": ("number", "minimum"),
    "maximum": ("maximum", "number"),
    "precision": ("decimals", "digits"),
    "part": ("whole", "number"),
    "falls": ("number", "previous"),
    "complete": ("number", "complete"),
}


def main(way: str, frame: Path, failures: Path) -> None:
    print("stage imports", flush=True)
    judge = {"expectations": _expectations, "pandera": _pandera, "sql": _sql}[way]()
    print("stage check", flush=True)
    judge(frame, failures)
    print("stage end", flush=True)


def gathered(frames: Path, target: Path) -> int:
    """The frames of all batches of a run as one; the number of its rows."""
    tables = [pq.read_table(path) for path in sorted(frames.glob("frame-*.parquet"))]
    whole = pa.concat_tables(tables)
    numbers = pa.array(range(whole.num_rows), whole.schema.field("n").type)
    pq.write_table(whole.set_column(whole.schema.get_field_index("n"), "n", numbers), target)
    return whole.num_rows


def differences(one: Path, other: Path) -> str:
    """What two of them found that the other did not; empty where they agree."""
    first, second = (sorted(map(tuple, map(dict.values, pq.read_table(path).to_pylist()))) for path in (one, other))
    if first == second:
        return ""
    return f"{len(first)} and {len(second)} failing rows; in one only: {sorted(set(first) ^ set(second))[:5]}"


def _expectations():
    from duban.checking.expectations import validate

    import_frame_readers()
    import great_expectations.expectations  # noqa: F401

    return validate


def _pandera():
    import pandas as pd
    import pandera.pandas as pandera

    import_frame_readers()

    def not_less(high: str, low: str):
        return lambda frame: (frame[high] >= frame[low]) | frame[high].isna() | frame[low].isna()

    checks = [
        pandera.Check(lambda frame: ~(frame["required"] & frame["present"].isna()), name="required"),
        *(pandera.Check(not_less(*pair), name=check) for check, pair in PAIRS.items()),
        pandera.Check(lambda f: (f["year"] == f["plan_year"]) | f["year"].isna() | f["plan_year"].isna(), name="year"),
    ]
    status = pandera.Check.isin([*STATUS_WORDS, *PROJECT_STATUS_WORDS], name="status")
    schema = pandera.DataFrameSchema({"status": pandera.Column(checks=status, nullable=True)}, checks=checks)

    def judge(path: Path, failures: Path) -> None:
        frame = pq.read_table(path).to_pandas().set_index("n")
        try:
            schema.validate(frame, lazy=True)
            found = pd.DataFrame({"index": [], "check": []})
        except pandera.errors.SchemaErrors as errors:  # a failing row comes once for each of its columns
            found = errors.failure_cases[["index", "check"]].drop_duplicates()
        words = {str(status): "status", status.error: "status"}
        kinds = frame["kind"]
        _write(failures, ((n, kinds[n], words.get(check, check)) for n, check in found.itertuples(index=False)))

    return judge


def _sql():
    import duckdb

    import_frame_readers()
    statement = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")

    def judge(path: Path, failures: Path) -> None:
        with duckdb.connect() as connection:
            statuses = [*STATUS_WORDS, *PROJECT_STATUS_WORDS]
            told = connection.execute(statement, {"frames": str(path), "statuses": statuses}).fetchall()
        _write(failures, told)

    return judge


def import_frame_readers() -> None:
    """What reading and writing Parquet imports: it is no part of judging."""
    import pandas  # noqa: F401

    pa.table({"n": [1]}).to_pandas()


def _write(path: Path, failed: Iterator[tuple[int, str, str]]) -> None:
    rows = [(n, CHECKS[check][kind]) for n, kind, check in failed]
    numbers, rules = zip(*rows, strict=True) if rows else ((), ())
    pq.write_table(pa.table({"n": pa.array(numbers, pa.int64()), "rule": pa.array(rules, pa.string())}), path)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
