"""Reading and checking of a collect run on the workers of a Dask cluster: a few coarse tasks by Prefect's task runner.

Imported only where a cluster is set up. A worker that is lost costs its shards another attempt on another: Dask gives
them out again, and what an attempt wrote counts only once it has told the names.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack
from contextvars import copy_context
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from prefect import Task
from prefect.client.orchestration import get_client
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)
from prefect_dask import DaskTaskRunner

from duban import collecting
from duban.checking.settle import Settled
from duban.errors import UserError
from duban.wide import checked, shards
from duban.wide.client import GONE, KilledWorker, security, survey, unreachable
from duban.wide.cluster import Cluster, storage_of
from duban.wide.shards import Shard
from duban.wide.storage import Storage
from tasks import collecting as steps
from tasks.run import Run, Watched, log, progress, step

_REACHED = 20.0  # seconds in which a scheduler has to answer
_LOOK = 5.0  # seconds between looks at whether anybody is still at work
_PATIENCE = 12  # looks at a cluster without a worker, before that is said


@step("读取一片")
def read_shard(storage: Storage, shard: Shard, processes: int | None) -> tuple[str, ...]:
    """On a worker: read a shard; the names of what was read. Great Expectations is imported meanwhile."""
    checked.own_validator()
    return shards.read_shard(storage, shard, processes)


@step("核验一片")
def check_shard(storage: Storage, shard: Shard, tables: Sequence[str], quarter: str) -> tuple[str, ...]:
    """On a worker: look for what is wrong within a shard's files; the names of what was found."""
    return checked.check_shard(storage, shard, tables, quarter)


@step("分发")
def hand_out(run: Run, folder: Path, storage: Storage, name: str, most: int, workers: int) -> list[Shard]:
    """Put the new files where workers see them."""
    new = collecting.read_received(folder / "received.json")
    return shards.hand_out(storage, name, new, run.home, run.registry(), most, workers)


@step("收拢")
def bring_in(run: Run, folder: Path, storage: Storage, read: list[Shard]) -> Path:
    """Take in what workers read, as if it had been read here."""
    new = collecting.read_received(folder / "received.json")
    shards.bring_in(storage, read, new, run.home, folder)
    log(f"已由工作进程读取 {len(new)} 个文件，共 {len(read)} 片。")
    return folder


class Spread:
    """A run's cluster while it stands: a context manager. `read` and `check` do what the steps of those names do."""

    def __init__(self, run: Run, cluster: Cluster):
        self._run, self._cluster, self._stack = run, cluster, ExitStack()
        self._storage = Storage(storage_of(cluster, run.home), cluster.storage_options)
        # of this home alone, and one run at a time is in a home: whatever lies there is nobody's any more
        self._name = "duban-" + hashlib.sha256(str(run.home.root.resolve()).encode()).hexdigest()[:12]
        self._read: dict[Path, list[Shard]] = {}  # by the batch's folder, from its reading to its check
        self._context = copy_context()

    def __enter__(self) -> "Spread":
        with self._stack:
            self._storage.remove(self._name)
            self._stack.callback(self._storage.remove, self._name)
            self._runner = self._stack.enter_context(_runner(self._cluster, self._run))
            try:
                self._client = self._runner.client
            except GONE:
                raise UserError(unreachable(self._cluster)) from None
            if self._cluster.local:
                self._client.wait_for_workers(self._cluster.local)
            workers = survey(self._client, self._storage, self._name)
            log(f"由 {len(workers)} 个工作进程读取和核验。")
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *told) -> None:
        self._stack.close()

    def read(self, run: Run, folder: Path) -> None:
        """Have the new files read by workers."""
        name = f"{self._name}/{folder.parent.name}-{folder.name}"
        here = self._cluster.local
        processes = max(1, (os.cpu_count() or 1) // here) if here else None  # else each worker has a machine of its own
        cut = hand_out(run, folder, self._storage, name, self._cluster.files_per_task, len(self._client.nthreads()))
        under_way = self._begin(read_shard, [{"shard": shard, "processes": processes} for shard in cut])
        parts = self._results(under_way, Watched(run, "读取"))
        self._read[folder] = [replace(shard, parts=names) for shard, names in zip(cut, parts, strict=True)]
        bring_in(run, folder, self._storage, self._read[folder])

    def check(self, run: Run, folder: Path) -> None:
        """Have workers look within files, and judge all of them here."""
        steps.check(run, folder, None, lambda settled, earlier: self._within(run, folder, settled, earlier))
        del self._read[folder]

    def _within(self, run: Run, folder: Path, settled: list[Settled], earlier: Mapping[str, pa.Table]) -> list[Path]:
        read = self._read[folder]
        tables = checked.lay_out(self._storage, read[0].name, settled, earlier)
        told = {"tables": tables, "quarter": str(run.quarter)}
        under_way = self._begin(check_shard, [{"shard": shard, **told} for shard in read])
        found = self._results(under_way, progress("核验"))
        return checked.take_over(self._storage, found, folder)

    def _begin(self, task: Task, calls: list[dict[str, Any]]) -> list:
        """Have a task done for each of the calls, by whichever worker; what is under way."""
        # what goes out takes the run's context along, and not that of a task here, with all that it was given
        return self._context.copy().run(self._submit, task, calls)

    def _results(self, under_way: list, watched: Callable[[int, int], None] | None) -> list:
        results = []
        for future in under_way:
            results.append(self._result(future))
            if watched:
                watched(len(results), len(under_way))
        return results

    def _submit(self, task: Task, calls: list[dict[str, Any]]) -> list:
        with get_client(sync_client=True) as client:
            server = str(client.api_url)  # a temporary one has no address in the settings
        # workers may be where the server cannot be reached; their task runs are told to it if it can, and need it not
        settings = {
            PREFECT_API_URL: server,
            PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False,
            PREFECT_LOGGING_TO_API_ENABLED: False,
        }
        with temporary_settings(settings):
            return [self._runner.submit(task, {"storage": self._storage, **call}) for call in calls]

    def _result(self, future) -> Any:
        alone = 0
        try:
            while not future.wrapped_future.done():
                future.wait(_LOOK)
                alone = 0 if self._anybody() else alone + 1
                if alone > _PATIENCE:
                    raise UserError("工作进程都不在了：请重新启动它们后再运行，已收到的文件一个不少。")
            return future.result()
        except KilledWorker:
            raise UserError(
                "同一片文件接连有几个工作进程中止在上面：请看各台机器的内存和日志，或去掉 cluster.yaml 在本机收取；"
                "已收到的文件一个不少。"
            ) from None
        except CancelledError:
            raise UserError(
                f"与 Dask 调度程序的连接断了（{self._cluster.scheduler or '本机'}）：请重新运行。"
            ) from None

    def _anybody(self) -> bool:
        try:
            return bool(self._client.nthreads())
        except GONE:
            return False


def _runner(cluster: Cluster, run: Run) -> DaskTaskRunner:
    if cluster.scheduler:
        return DaskTaskRunner(address=cluster.scheduler, client_kwargs={"timeout": _REACHED} | security(cluster))
    return DaskTaskRunner(
        cluster_class="distributed.LocalCluster",
        cluster_kwargs={
            "n_workers": cluster.local,
            "threads_per_worker": 1,
            "processes": True,
            "host": "127.0.0.1",
            "dashboard_address": None,
            "worker_dashboard_address": None,
            "local_directory": str((run.home.work / "dask").resolve()),
        },
    )
