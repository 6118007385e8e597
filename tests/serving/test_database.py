"""Where Prefect's server keeps its runs: what is refused before anything starts, and a real PostgreSQL underneath."""

import pytest
from cluster import PASSWORD, cluster, programs
from service import Service, noting_proxy

from duban.errors import UserError
from duban.serving.database import URL, address_of, look_at, without

needs_postgres = pytest.mark.skipif(programs() is None, reason="no PostgreSQL on this machine")


def refusal(of, *arguments) -> str:
    with pytest.raises(UserError) as raised:
        of(*arguments)
    return str(raised.value)


def test_the_option_comes_before_the_environment_and_both_may_be_missing():
    environment = {URL: "postgresql+asyncpg://a:b@c/d"}
    assert address_of("postgresql://duban@db:5433/prefect", environment) == "postgresql+asyncpg://duban@db:5433/prefect"
    assert address_of(None, environment) == environment[URL]
    assert address_of(None, {"PREFECT_API_DATABASE_CONNECTION_URL": "sqlite+aiosqlite:///x"}) == "sqlite+aiosqlite:///x"
    assert address_of(None, {}) is None


@pytest.mark.parametrize("told", ["prefect", "sqlite:///x.db", "postgresql://db/prefect", "postgresql://a@b:c/d"])
def test_an_option_that_is_no_postgresql_is_refused(told):
    assert refusal(address_of, told, {}).startswith("--database 应写作")


@pytest.mark.parametrize(
    "told", ["postgresql://duban:secret@db/prefect", "postgresql://duban@db/prefect?password=secret"]
)
def test_a_password_on_the_command_line_is_refused_and_not_repeated(told):
    said = refusal(address_of, told, {})
    assert "命令行谁都看得到" in said and "secret" not in said


def test_an_address_that_cannot_be_read_is_not_repeated():
    assert "secret" not in refusal(look_at, "postgresql+asyncpg://duban:secret@db:port/prefect", {})


def test_neighbours_of_the_server_are_not_told_its_database():
    environment = {URL: "x", "PREFECT_API_DATABASE_PASSWORD": "x", "PGPASSWORD": "x", "PGPASSFILE": "x", "PATH": "y"}
    assert without(environment) == {"PATH": "y"}


def test_sqlite_is_not_looked_at():
    assert look_at(None, {}) == look_at("sqlite+aiosqlite:///x", {}) == "SQLite"


@pytest.fixture(scope="module")
def postgres():
    with cluster() as one:
        one.psql(f"CREATE ROLE duban LOGIN PASSWORD '{PASSWORD}'")
        one.psql("CREATE DATABASE prefect OWNER duban")
        yield one


@needs_postgres
@pytest.mark.engine(seconds=6)
def test_a_postgresql_that_cannot_be_used_is_told_in_one_sentence(postgres, tmp_path, monkeypatch):
    postgres.psql("CREATE DATABASE others")
    postgres.psql("CREATE DATABASE latin OWNER duban ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    server = f"127.0.0.1:{postgres.port}"
    passwords = tmp_path / "passwords"
    passwords.write_text(f"{server}:*:duban:{PASSWORD}\n")
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    monkeypatch.delenv("PGPASSWORD", raising=False)

    def at(database: str) -> str:
        return f"postgresql+asyncpg://duban@{server}/{database}"

    passwords.chmod(0o644)
    with pytest.warns(UserWarning, match="group or world access"):
        assert "口令文件别人能读的不算" in refusal(look_at, at("prefect"))
    passwords.chmod(0o600)
    version = postgres.psql("SHOW server_version").split()[0]
    assert look_at(at("prefect")) == f"PostgreSQL {version}，{server}/prefect"
    assert f"{server}/none 没有这个数据库" in refusal(look_at, at("none"))
    assert f"不能在数据库 {server}/others 中建表" in refusal(look_at, at("others"))
    assert "编码是 LATIN1" in refusal(look_at, at("latin"))
    assert refusal(look_at, "postgresql+asyncpg://duban@127.0.0.1:1/prefect").startswith("连不上数据库 127.0.0.1:1")


@needs_postgres
@pytest.mark.slow
def test_a_run_that_is_stored_in_postgresql_is_known_after_a_restart_of_both(postgres, tmp_path):
    passwords = tmp_path / "passwords"
    passwords.write_text(f"127.0.0.1:{postgres.port}:prefect:duban:{PASSWORD}\n")
    passwords.chmod(0o600)
    told = "--database", f"postgresql+asyncpg://duban@127.0.0.1:{postgres.port}/prefect"
    with noting_proxy() as (proxy, _):
        service = Service(tmp_path, proxy, *told, PGPASSFILE=str(passwords))
        service.start()
        try:
            opened = service.order("open-quarter", quarter="2023Q1", reporters=None)
            assert (opened["state"]["type"], opened["name"]) == ("COMPLETED", "2023Q1 布置")
            assert service.stop() == 0
            postgres.stop()
            postgres.start()
            service.start()
            assert service.ask(f"/flow_runs/{opened['id']}")["state"]["type"] == "COMPLETED"
        finally:
            service.stop()
    stored = postgres.psql(f"SELECT state_type FROM flow_run WHERE id = '{opened['id']}'", "prefect")
    assert stored == "COMPLETED"
    assert not list(service.home.rglob("prefect.db"))
    assert "PostgreSQL" in service.log.read_text()
    for log in (service.log, *(service.home / "logs").iterdir()):
        assert PASSWORD not in log.read_text(errors="replace")
