"""Whether a home spreads its work, and over what: `cluster.yaml` in the home, or the file that DUBAN_CLUSTER names."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from duban.errors import UserError
from duban.home import Home
from duban.limits import Positive

FILE, VARIABLE = "cluster.yaml", "DUBAN_CLUSTER"
# the environment of each machine holds these; what goes out to workers can be seen by whoever reaches the scheduler
_SECRETS = {"key", "secret", "token", "password", "username"} | {
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
}


@dataclass(frozen=True)
class Tls:
    """Paths of PEM files: the authority that all sides trust, and this side's certificate and key."""

    ca: str
    cert: str
    key: str

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012


@dataclass(frozen=True)
class Cluster:
    """`scheduler` is the address of a standing one, or else so many processes are started here (`local`). `storage` is
    a folder that all machines see under one path, or an address of fsspec such as `s3://bucket/prefix`."""

    scheduler: str | None = None
    local: Positive | None = None
    storage: str | None = None
    storage_options: dict[str, str | int | bool | dict[str, str]] = field(default_factory=dict)
    files_per_task: Positive = 200
    files_at_once: Positive | None = None
    tls: Tls | None = None

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - a misspelt word would be passed over


def load_cluster(home: Home) -> Cluster | None:
    """What is set up, None where nothing is; raises UserError for what cannot be meant."""
    told = os.environ.get(VARIABLE)
    path = Path(told) if told else home.root / FILE
    if not told and not path.exists():
        return None
    from duban.registry.files import read_yaml  # pydantic

    if not path.is_file():
        raise UserError(f"环境变量 {VARIABLE} 指的 {path} 不是文件：请改正，或去掉该变量，在本机收取。")
    cluster = read_yaml(path, Cluster)
    if (cluster.scheduler is None) == (cluster.local is None):
        raise UserError(f"{path}：scheduler（调度程序的地址）和 local（本机进程数）要写其中一个，只写一个，请改正。")
    if cluster.scheduler and not cluster.scheduler.startswith(("tcp://", "tls://")):
        raise UserError(
            f"{path}：scheduler 是“{cluster.scheduler}”，应写作 tcp://主机:8786 或 tls://主机:8786，请改正。"
        )
    if cluster.scheduler and cluster.scheduler.startswith("tls://") != (cluster.tls is not None):
        raise UserError(f"{path}：scheduler 写作 tls:// 的要有 tls（ca、cert、key），写作 tcp:// 的不能有，请改正。")
    if cluster.scheduler and not cluster.storage:
        raise UserError(f"{path}：用别的机器要写 storage（各台机器都看得见的文件夹，或 s3://桶/前缀），请补上。")
    if cluster.storage and "://" not in cluster.storage and not Path(cluster.storage).is_absolute():
        raise UserError(f"{path}：storage 是“{cluster.storage}”，应为绝对路径或 s3://桶/前缀，请改正。")
    options = cluster.storage_options
    words = {*options, *(word for inner in options.values() if isinstance(inner, dict) for word in inner)}
    if wrong := sorted(_SECRETS & words):
        raise UserError(
            f"{path}：storage_options 里不能写 {'、'.join(wrong)}，它会随任务发出去："
            "请写进各台机器的环境变量（如 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY）。"
        )
    return cluster


def storage_of(cluster: Cluster, home: Home) -> str:
    """The address of the storage that all share; for processes of this machine a folder of the home will do."""
    return cluster.storage or str((home.work / "wide").resolve())
