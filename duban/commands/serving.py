"""The commands of a server on one machine: everything at once, and the watcher alone."""

import json
import os
import signal
import threading

import click

from duban.commands.base import CLEAN, command, settings_told, wants_json
from duban.errors import UserError
from duban.visible import visible


def _line(text: str) -> None:
    """One line at a time, at once: these commands run for months."""
    click.echo(visible(json.dumps({"said": text}, ensure_ascii=False) if wants_json() else text))


def _stopping() -> threading.Event:
    """Set when we are asked to end, by Ctrl-C or by a system that stops its services."""
    stopping = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stopping.set())
    return stopping


@command("serve", "在这台机器上运行全套服务：Prefect 页面、部署、执行进程和来件监视。")
@click.option(
    "--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="页面的地址，默认只有本机能访问"
)
@click.option("--port", metavar="PORT", type=click.IntRange(1, 65535), default=4200, help="页面的端口，默认 4200")
@click.option(
    "--database",
    metavar="URL",
    help="运行记录存于 PostgreSQL：postgresql+asyncpg://用户@主机/数据库，口令由 PGPASSFILE 或 PGPASSWORD 给出；"
    "默认存于数据文件夹中的 SQLite",
)
def serve(host: str, port: int, database: str | None) -> int:
    from duban.serving.serve import serve

    settings, stopping = settings_told(), _stopping()
    if settings.as_of:
        raise UserError("serve 按实际时间运行，不接受 --as-of：请去掉该选项后重试。")
    serve(settings, host, port, _line, stopping.is_set, database)
    return CLEAN


@command("watch", "留意收件夹：文件放完整了，就通知 Prefect 服务收取（duban serve 已包含）。")
def watch() -> int:
    from duban.watching.watch import watch

    api = os.environ.get("PREFECT_API_URL", "").rstrip("/")
    if not api:
        raise UserError("没有设置 PREFECT_API_URL，不知道通知哪个服务：请先设置，或直接运行 duban serve。")
    stopping = _stopping()
    watch(settings_told().home, api, os.environ, _line, stopping.is_set, stopping.wait)
    return CLEAN
