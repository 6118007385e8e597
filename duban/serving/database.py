"""Where Prefect's server keeps its runs: a file of SQLite in the home, or a PostgreSQL that is looked at first."""

import asyncio
import os
from collections.abc import Mapping

from duban.errors import UserError

URL = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
_OLDER = "PREFECT_API_DATABASE_CONNECTION_URL"  # another name of the same
_DRIVER = "postgresql+asyncpg"
_PASSWORDS = "PGPASSFILE（权限 0600 的口令文件，默认 ~/.pgpass）或 PGPASSWORD"
_PATIENCE = 10.0  # seconds

# pg_trgm is a trusted extension: who may create in the database may create it, and Prefect does
_STATE = """
SELECT current_setting('server_version'),
       current_setting('server_encoding'),
       EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm'),
       EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm'),
       has_database_privilege(current_database(), 'CREATE'),
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)
"""


def address_of(told: str | None, environment: Mapping[str, str] = os.environ) -> str | None:
    """The address as Prefect wants it, from the option or else the environment; None where there is none.

    Raises UserError where the option is no PostgreSQL, or holds a password: command lines can be read by everybody.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    if not told:
        return environment.get(URL) or environment.get(_OLDER) or None
    try:
        url = make_url(told)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in ("postgresql", _DRIVER) or not (url.username and url.host and url.database):
        raise UserError("--database 应写作 postgresql+asyncpg://用户@主机:端口/数据库，请改正后重试。")
    if url.password is not None or "password" in url.query:
        raise UserError(f"--database 中不要写口令，命令行谁都看得到：请改用 {_PASSWORDS}。")
    return url.set(drivername=_DRIVER).render_as_string()


def look_at(address: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """What it is, in words without a password; of a PostgreSQL that it answers and can hold what Prefect puts there.

    Raises UserError that says what to do. Prefect would say the same in a hundred lines of traceback.
    """
    if not address and environment.get("PREFECT_SERVER_DATABASE_DRIVER", "").startswith("postgresql"):
        return "PostgreSQL"  # told in parts: Prefect puts them together
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address) if address else None
    except (ArgumentError, ValueError):  # neither says the address, which may hold a password
        raise UserError(f"{URL} 不是数据库的地址：应写作 {_DRIVER}://用户@主机:端口/数据库。") from None
    if url is None or url.drivername != _DRIVER:
        return "SQLite"
    where = f"{url.host or '本机'}:{url.port or 5432}/{url.database}"
    version, encoding, has, available, creates, fills = asyncio.run(_ask(url, where))
    if encoding != "UTF8":
        raise UserError(f"数据库 {where} 的编码是 {encoding}，存不了中文：请以 ENCODING 'UTF8' 另建一个。")
    if not has and not available:
        raise UserError(f"{where} 的 PostgreSQL 没有扩展 pg_trgm：请安装它的 contrib 包。")
    if not (fills and (has or creates)):
        raise UserError(f"用户 {url.username} 不能在数据库 {where} 中建表：请把数据库的所有者改为该用户。")
    return f"PostgreSQL {version.split()[0]}，{where}"


def without(environment: Mapping[str, str]) -> dict[str, str]:
    """What the server's neighbours are told: they ask the server, and need not know its database."""
    secret = ("PREFECT_SERVER_DATABASE_", "PREFECT_API_DATABASE_", "PGPASS")
    return {name: value for name, value in environment.items() if not name.startswith(secret)}


async def _ask(url, where: str) -> tuple:
    import asyncpg

    told = {"host": url.host, "port": url.port, "user": url.username, "password": url.password}
    told |= {name: url.query[name] for name in ("host", "ssl") if name in url.query}
    try:
        connection = await asyncpg.connect(**told, database=url.database, timeout=_PATIENCE)
        try:
            return tuple(await connection.fetchrow(_STATE, timeout=_PATIENCE))
        finally:
            await connection.close()
    except asyncpg.InvalidAuthorizationSpecificationError:
        raise UserError(
            f"数据库 {where} 不认用户 {url.username} 的口令：请核对 {_PASSWORDS}，口令文件别人能读的不算。"
        ) from None
    except asyncpg.InvalidCatalogNameError:
        raise UserError(f"{where} 没有这个数据库：请先建立它。") from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise UserError(f"数据库 {where} 用不了（{error}）：请查看 PostgreSQL 的日志。") from None
    except (OSError, TimeoutError) as error:
        why = "没有答复" if isinstance(error, TimeoutError) else error.strerror or str(error)
        raise UserError(f"连不上数据库 {where}（{why}）：请启动 PostgreSQL，或核对主机和端口。") from None
