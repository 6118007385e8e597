"""The only home of distributed: reaching a cluster, and asking its workers what they are."""

import hashlib
import os
import platform
from functools import cache
from importlib.metadata import version

from duban.errors import UserError
from duban.settings import REPOSITORY
from duban.wide.cluster import Cluster
from duban.wide.storage import Storage

os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "error")  # read at import; what matters comes back as an exception

from distributed import Client, KilledWorker
from distributed.comm import CommClosedError
from distributed.security import Security

__all__ = ["GONE", "Client", "KilledWorker", "connect", "security", "survey"]

GONE = (CommClosedError, OSError)  # what a connection ends with that nobody answers any more
_PACKAGES = ("distributed", "duckdb", "prefect", "pyarrow", "python-calamine")
_PROBE = "probe"


def connect(cluster: Cluster, patience: float = 20.0) -> Client:
    """A connection to a standing scheduler. Raises UserError where there is none."""
    try:
        return Client(cluster.scheduler, timeout=patience, set_as_default=False, **security(cluster))
    except GONE:
        raise UserError(unreachable(cluster)) from None


def unreachable(cluster: Cluster) -> str:
    """That nobody answers at the scheduler's address, in one sentence."""
    return f"连不上 Dask 调度程序 {cluster.scheduler}：请启动它，或核对 cluster.yaml 的地址、证书和网络。"


def security(cluster: Cluster) -> dict:
    """The words that make a connection encrypted on both sides; none where no certificates are set up."""
    tls = cluster.tls
    if tls is None:
        return {}
    paths = {"tls_ca_file": tls.ca, "tls_client_cert": tls.cert, "tls_client_key": tls.key}
    return {"security": Security(require_encryption=True, **paths)}


def survey(client: Client, storage: Storage, name: str) -> list[str]:
    """The addresses of the workers. Raises UserError where there are none, where one runs another program or other
    versions than this, or does not see the storage."""
    with storage.open(f"{name}/{_PROBE}", "wb") as file:
        file.write(name.encode())
    found = client.run(about, storage, f"{name}/{_PROBE}", on_error="return")
    if not found:
        raise UserError("Dask 调度程序那里没有一个工作进程：请在各台机器上启动工作进程（见 docs/wide.md）后重试。")
    own = program()
    for address, told in found.items():
        if isinstance(told, BaseException):
            raise UserError(f"工作进程 {address} 用不了（{type(told).__name__}：{told}）：请照 docs/wide.md 启动它。")
        if odd := [word for word, said in own.items() if told.get(word) != said]:
            said = "、".join(f"{word} 是 {told.get(word)}，这里是 {own[word]}" for word in odd)
            raise UserError(f"工作进程 {address} 与这里不一致（{said}）：请在各台机器上装同一版本后重新启动。")
        if told["seen"] != name:
            raise UserError(
                f"工作进程 {address} 看不到 {storage.url}（{told['seen']}）：请核对 storage 和各台机器的权限。"
            )
    return sorted(found)


def about(storage: Storage, name: str) -> dict[str, str]:
    """What a worker is, and what it sees of the storage."""
    try:
        with storage.open(name, "rb") as file:
            seen = file.read().decode()
    except Exception as error:
        seen = f"{type(error).__name__}：{error}"
    return program() | {"seen": seen}


@cache
def program() -> dict[str, str]:
    """The versions that have to be the same everywhere, and a digest of our own program."""
    whole = hashlib.sha256()
    for path in sorted([*REPOSITORY.glob("duban/**/*.py"), *REPOSITORY.glob("warehouse/**/*.sql")]):
        whole.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    python = {"Python": ".".join(platform.python_version_tuple()[:2])}
    return {"duban": whole.hexdigest()[:12]} | python | {package: version(package) for package in _PACKAGES}
