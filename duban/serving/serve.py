"""A data team's server on one machine: Prefect's server, its deployments, one worker and the watcher, as children."""

import datetime as dt
import fcntl
import ipaddress
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError

from duban.errors import UserError
from duban.serving.api import ask
from duban.serving.children import Child, wait_for
from duban.serving.database import URL, address_of, look_at, without
from duban.serving.leftovers import settle, take_up
from duban.settings import REPOSITORY, Settings

POOL = "quarterly"  # as prefect.yaml names it
_PATIENCE = 240.0  # seconds for the server's first start, which makes its database, on a busy machine
_DEPLOYING = 300.0
_TOLD = 30.0  # seconds after which a worker has told a server that is back what became of its runs
_BEFORE = dt.timedelta(seconds=30)  # a run may have crashed before the server's death was seen

Say = Callable[[str], None]


def environment_of(settings: Settings, host: str, port: int, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What the server, the worker and all runs are told. Settings of the user's own stand, but for those that say
    where this server is."""
    home = settings.home.root.resolve()
    quick = {
        "PREFECT_WORKER_QUERY_SECONDS": "2",  # a receipt waits for this
        "PREFECT_DEPLOYMENT_CONCURRENCY_SLOT_WAIT_SECONDS": "5",
        # leases that a restart forgets would keep their slots for good
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_LOGGING_COLORS": "false",
    }
    own = {
        "PREFECT_HOME": str(home / "server"),
        "PREFECT_API_URL": f"http://{_reached_at(host)}:{port}/api",
        "PREFECT_SERVER_UI_API_URL": "/api",  # the page asks whoever served it
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_V2_ENABLED": "false",  # that page asks an outside address
        "DUBAN_HOME": str(home),
        "DUBAN_SCHEMAS": str(settings.schemas.resolve()) if settings.schemas else "",
        "PWD": str(REPOSITORY),  # where runs happen: prefect.yaml asks for it
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(REPOSITORY), base.get("PYTHONPATH")))),
    }
    return quick | dict(base) | own


def serve(
    settings: Settings, host: str, port: int, say: Say, stopped: Callable[[], bool], database: str | None = None
) -> None:
    """Run everything until `stopped`; `say` gets a Chinese sentence for each step and each trouble.

    `database` is a PostgreSQL's address, without a password; the environment's or SQLite in the home where it is None.
    Raises UserError when it cannot: one runs already for this home, the port is taken, an address that others reach
    has no password, the database cannot be used, or a child dies again and again. Whatever the end, no child is left.
    """
    told = environment_of(settings, host, port)
    environment = without(told)
    _guarded(host, environment)
    address = address_of(database)
    home, logs = settings.home, settings.home.root / "logs"
    with alone(home.root, f"{host}:{port}") as note:
        _free(host, port)
        kept = look_at(address)
        note(kept)
        (home.root / "server").mkdir(exist_ok=True)  # Prefect makes no parents
        server = Child(
            "Prefect 服务",
            ["prefect", "server", "start", "--host", host, "--port", str(port)],
            told | ({URL: address} if address else {}),
            logs / "server.log",
        )
        worker = Child(
            "执行进程",
            ["prefect", "worker", "start", "--pool", POOL, "--type", "process", "--limit", "1", "--name", "duban"],
            environment,
            logs / "worker.log",
        )
        watcher = Child("来件监视", ["duban", "watch"], environment, logs / "watch.log")
        children = [server]
        try:
            say(f"正在启动 Prefect 服务，运行记录存于 {kept}……")
            server.start()
            if not wait_for(lambda: _healthy(environment), server, _PATIENCE, stopped):
                return
            say("正在登记部署……")
            _make_pool(environment)
            _deploy(environment, logs / "deploy.log")
            _settle(environment, say)
            children += [worker, watcher]
            for child in (worker, watcher):
                child.start()
            say(f"已就绪，页面在 http://{_reached_at(host)}:{port}/ ，日志在 {logs}/。按 Ctrl-C 停止。")
            watched = _Watched(server, environment, say)
            while not stopped():
                watched.look()
                for child in children:
                    child.mend(time.monotonic(), say)
                time.sleep(0.5)
        finally:
            say("正在停止……")
            for child in reversed(children):
                child.end()


def _reached_at(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "localhost") else host


def _guarded(host: str, environment: Mapping[str, str]) -> None:
    """No address that others can reach without a password: who reaches the page can run anything as us."""
    try:
        inside = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise UserError(f"--host “{host}”不是 IP 地址：只在本机使用写 127.0.0.1，请改正后重试。") from None
    passwords = {environment.get(f"PREFECT_{side}_AUTH_STRING") for side in ("API", "SERVER_API")}
    if not inside and (len(passwords) > 1 or not all(passwords)):
        raise UserError(
            f"{host} 是别的机器能访问的地址，须先设口令：请把 PREFECT_SERVER_API_AUTH_STRING 和 "
            "PREFECT_API_AUTH_STRING 设为同一个“用户名:口令”（只用英文字符），或改用 127.0.0.1。"
        )


@contextmanager
def alone(root: Path, where: str) -> Iterator[Callable[[str], None]]:
    """One server for a home; the lock is the kernel's and goes with its process. What is called with the database
    notes it for `duban doctor`."""
    root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root / ".serving", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = os.pread(descriptor, 500, 0).decode(errors="replace")
            raise UserError(f"{root} 已有一个服务在运行（{who}）：直接使用它，或先停止它。") from None
        who = f"http://{where}/，进程 {os.getpid()}"
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, who.encode(), 0)
        yield lambda database: os.pwrite(descriptor, f"{who}，运行记录存于 {database}".encode(), 0)
    finally:
        os.close(descriptor)


def running(root: Path) -> str | None:
    """Where the server of a home is, its process and database, as it noted; None where none runs."""
    try:
        descriptor = os.open(root / ".serving", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        return os.pread(descriptor, 500, 0).decode(errors="replace")
    finally:
        os.close(descriptor)


def _free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UserError(f"{host} 的端口 {port} 用不了（{error.strerror}）：请用 --port 换一个。") from None


def _healthy(environment: Mapping[str, str]) -> bool:
    with suppress(OSError, ValueError):
        return ask(f"{environment['PREFECT_API_URL']}/health", environment=environment, patience=2.0) is True
    return False


def _make_pool(environment: Mapping[str, str]) -> None:
    """Where runs wait for the worker. By hand: Prefect's own command first asks an outside address for kinds of pools;
    the worker fills in what its kind needs."""
    try:
        pool = {"name": POOL, "type": "process", "description": "督办：一次一个运行"}
        ask(f"{environment['PREFECT_API_URL']}/work_pools/", pool, environment)
    except HTTPError as error:
        if error.code != 409:  # it is there
            raise


def _deploy(environment: Mapping[str, str], log: Path) -> None:
    with log.open("wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=REPOSITORY,
            timeout=_DEPLOYING,
        )
    if done.returncode:
        raise UserError(f"部署没有登记成功：请查看 {log}。")


def _settle(environment: Mapping[str, str], say: Say) -> None:
    found = settle(_asking(environment), _now().isoformat())
    if any(found.values()):
        say(f"上次停止时中断的运行 {found['interrupted']} 个，停止期间错过而由较晚一次代替的 {found['missed']} 个。")


class _Watched:
    """Takes up what crashed because the server was away, some time after it is back: the worker has told it by then."""

    def __init__(self, server: Child, environment: Mapping[str, str], say: Say):
        self._server, self._environment, self._say = server, environment, say
        self._died: dt.datetime | None = None
        self._back: float | None = None

    def look(self) -> None:
        if not self._server.running:
            self._died, self._back = self._died or _now() - _BEFORE, None
        elif self._died and self._back is None and _healthy(self._environment):
            self._back = time.monotonic()
        elif self._died and self._back is not None and time.monotonic() - self._back > _TOLD:
            with suppress(OSError, ValueError):  # it is away again: then later
                count = take_up(_asking(self._environment), self._died.isoformat(), _now().isoformat())
                if count:
                    self._say(f"服务中止期间中断的运行 {count} 个，已重新安排。")
                self._died = self._back = None


def _asking(environment: Mapping[str, str]) -> Callable[..., object]:
    return lambda path, body: ask(f"{environment['PREFECT_API_URL']}{path}", body, environment, patience=30.0)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
