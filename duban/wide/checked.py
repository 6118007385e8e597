"""Checking in shards: what is wrong within files is looked for on workers, what needs all of them at the centre."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duban.checking.find import RESULTS, faults_within
from duban.checking.settle import Sent, Settled, StampFault
from duban.checking.validator import Validator, ValidatorFailed
from duban.messages import MESSAGES, Rule
from duban.quarters import Quarter
from duban.registry.files import parse_yaml
from duban.registry.load import registry_of
from duban.wide.shards import Shard, order_of
from duban.wide.storage import Storage

_FOUND, _SETTLED = "found.parquet", "settled.json"
# of others, or asked for where all files are looked at; all else that was said before is told by reporter
_CENTRAL = ("accused", "explanations", "other_rates", "standing_figures")

_validators: list[Validator] = []


def lay_out(storage: Storage, name: str, settled: Sequence[Settled], earlier: Mapping[str, pa.Table]) -> list[str]:
    """Put into storage what workers are to know beside the parts: who sent each file, and what was said before; returns
    the tables of that."""
    with storage.open(f"{name}/{_SETTLED}", "wb") as file:
        file.write(json.dumps([asdict(one) for one in settled], ensure_ascii=False).encode())
    tables = [table for table in earlier if table not in _CENTRAL]
    for table in tables:
        with storage.open(f"{name}/earlier/{table}.parquet", "wb") as file:
            pq.write_table(earlier[table], file)
    return tables


def check_shard(storage: Storage, shard: Shard, tables: Sequence[str], quarter: str) -> tuple[str, ...]:
    """Look for what is wrong within a shard's files; returns the names of the faults and, where there was something to
    expect, of what each expectation found. `tables` are those that were laid out. Raises ValidatorFailed."""
    order = order_of(storage, shard.name)
    registry = registry_of(order["plan"])
    messages = parse_yaml(MESSAGES.name, order["messages"], dict[str, Rule])
    with tempfile.TemporaryDirectory(prefix="duban-shard-") as scratch:
        folder = Path(scratch)
        for part in map(PurePosixPath, shard.parts):
            if part.name.startswith(("entries-", "faults-", "wordings-")):
                storage.get(str(part), folder / part.name)
        listed = json.loads(storage.get(f"{shard.name}/{_SETTLED}", folder / _SETTLED).read_bytes())
        settled = [_settled(one) for one in listed if shard.first <= one["sent"]["file"] <= shard.last]
        senders = pa.array({one.reporter for one in settled if one.reporter}, pa.string())  # nobody's files have none
        earlier = {
            table: pq.read_table(
                storage.get(f"{shard.name}/earlier/{table}.parquet", folder / f"{table}.parquet"),
                filters=pc.field("reporter").isin(senders),
            )
            for table in tables
        }
        told = settled, registry, earlier, Quarter.parse(quarter)
        try:
            faults_within(folder, *told, own_validator(), messages, folder / _FOUND)
        except ValidatorFailed:
            _validators.pop().close()  # the next shard gets another
            raise
        attempt, found = shard.attempt(), (folder / _FOUND, folder / RESULTS)
        return tuple(storage.put(path, f"{attempt}/{path.name}") for path in found if path.exists())


def take_over(storage: Storage, found: Sequence[Sequence[str]], folder: Path) -> list[Path]:
    """Take what all shards found into a run's folder; returns the paths of the faults, and leaves there what the
    expectations found in all."""
    faults, results = [], []
    for number, names in enumerate(found):
        for name in names:
            path = folder / f"{number:03d}-{PurePosixPath(name).name}"
            storage.get(name, path)
            (faults if path.name.endswith(_FOUND) else results).append(path)
    if results:
        of_shards = [json.loads(path.read_bytes()) for path in results]
        (folder / RESULTS).write_text(json.dumps(_summed(of_shards), ensure_ascii=False, indent=1), encoding="utf-8")
    return faults


def own_validator() -> Validator:
    """This worker's validating process, which stays for all its shards: its import takes seconds. The first call starts
    it, and a worker that reads may make that call ahead."""
    if not _validators:
        _validators.append(Validator())
    return _validators[0]


def _summed(of_shards: list[list[dict]]) -> list[dict]:
    """What each expectation found in all shards; they come in one order."""
    return [
        same[0] | {word: sum(one[word] for one in same) for word in ("elements", "unexpected")}
        for same in zip(*of_shards, strict=True)
    ]


def _settled(told: dict) -> Settled:
    faults = tuple(StampFault(**fault) for fault in told["faults"])
    return Settled(**told | {"sent": Sent(**told["sent"]), "faults": faults})
