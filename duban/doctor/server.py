"""Whether the Prefect server that runs are to go to answers, and is of a version that fits."""

import os
from collections.abc import Mapping
from importlib.metadata import version
from urllib.error import HTTPError, URLError

from duban.doctor.checks import BAD, LOOK, OK, Check
from duban.home import Home
from duban.serving.api import ask
from duban.serving.serve import running


def service(home: Home) -> Check:
    """Whether `duban serve` runs on this home, where, and what keeps its runs."""
    found = running(home.root)
    return Check("服务", OK, f"正在运行：{found}" if found else "没有运行 duban serve")


def server(environment: Mapping[str, str] = os.environ) -> Check:
    address = environment.get("PREFECT_API_URL", "").rstrip("/")
    if not address:
        return Check("Prefect 服务", OK, "没有设置 PREFECT_API_URL：命令在本进程内运行，不需要服务")
    try:
        ask(f"{address}/health", environment=environment)
        found = ask(f"{address}/admin/version", environment=environment)
    except HTTPError as error:
        if error.code in (401, 403):
            said = f"{address} 要口令而没有给对：请设置 PREFECT_API_AUTH_STRING。"
        else:
            said = f"{address} 答复 {error.code}：请核对 PREFECT_API_URL（应以 /api 结尾），并查看服务的日志。"
        return Check("Prefect 服务", BAD, said)
    except (URLError, OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        return Check("Prefect 服务", BAD, f"连不上 {address}（{why}）：请启动该服务，或去掉 PREFECT_API_URL。")
    own = version("prefect")
    if str(found).split(".")[:2] != own.split(".")[:2]:
        return Check("Prefect 服务", LOOK, f"{address} 是 {found}，这里是 {own}：请用同一版本。")
    return Check("Prefect 服务", OK, f"{address}，{found}")
