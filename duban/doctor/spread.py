"""Whether the machines that a home spreads its work over answer, and run the same program."""

from importlib.util import find_spec

from duban.doctor.checks import BAD, OK, Check
from duban.errors import UserError
from duban.home import Home
from duban.wide.cluster import load_cluster, storage_of

_NAME = "集群"
_PATIENCE = 5.0  # seconds for a scheduler to answer


def spread(home: Home) -> Check:
    """The settings, the scheduler, and each worker's versions and its sight of the storage, where a probe is left for
    as long as it is looked for."""
    try:
        cluster = load_cluster(home)
        if cluster is None:
            return Check(_NAME, OK, "没有设 cluster.yaml：在本机读取和核验")
        if not find_spec("prefect_dask"):
            return Check(_NAME, BAD, "设了集群而没有装 prefect-dask：请运行 pip install 'duban[wide]'，或去掉设置。")
        if cluster.local:
            return Check(_NAME, OK, f"收取时在本机启动 {cluster.local} 个进程")
        from duban.wide.client import connect, survey
        from duban.wide.storage import Storage

        storage, name = Storage(storage_of(cluster, home), cluster.storage_options), "duban-doctor"
        with connect(cluster, _PATIENCE) as client:
            try:
                workers = survey(client, storage, name)
            finally:
                storage.remove(name)
    except UserError as error:
        return Check(_NAME, BAD, str(error))
    except Exception as error:  # whatever the storage's own library says
        return Check(_NAME, BAD, f"共享存储用不了（{type(error).__name__}：{error}）：请核对 storage 和权限。")
    return Check(_NAME, OK, f"{cluster.scheduler}，{len(workers)} 个工作进程，版本一致，都看得到 {cluster.storage}")
