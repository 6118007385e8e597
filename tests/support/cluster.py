"""A PostgreSQL of our own: a fresh cluster in a temporary folder, a password for everybody, a port on loopback."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "秘-p@ss/word"  # everything that has to be escaped in an address


def programs() -> Path | None:
    """The folder with initdb and postgres, None where there is none; Debian keeps it off the path."""
    found = [Path(found)] if (found := shutil.which("initdb")) else Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.resolve().parent for path in found), default=None)


@dataclass
class Cluster:
    bin: Path
    root: Path
    port: int

    def start(self) -> None:
        log = self.root / "log"
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.root} -c fsync=off"
        self.run("pg_ctl", "-D", self.root / "data", "-l", log, "-o", options, "-w", "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", self.root / "data", "-m", "fast", "-w", "stop")

    def psql(self, statement: str, database: str = "postgres", user: str = "postgres") -> str:
        """What a statement answers, columns apart by `|`; over TCP and with the password."""
        told = ["-h", "127.0.0.1", "-p", str(self.port), "-U", user, "-d", database, "-X", "-A", "-t", "-c", statement]
        return self.run("psql", "-v", "ON_ERROR_STOP=1", *told).strip()

    def run(self, program: str, *arguments: object) -> str:
        as_other = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        return subprocess.run(
            [self.bin / program, *map(str, arguments)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.root,
            env=os.environ | {"PGPASSWORD": PASSWORD, "LC_ALL": "C.UTF-8"},
            **as_other,
        ).stdout


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running one, gone afterwards. PostgreSQL refuses root, which takes the user of that name instead."""
    with tempfile.TemporaryDirectory(prefix="duban-pg-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        one = Cluster(programs(), Path(folder), probe.getsockname()[1])
        probe.close()
        (one.root / "password").write_text(PASSWORD)
        if os.getuid() == 0:
            who = pwd.getpwnam("postgres")
            for path in (one.root, one.root / "password"):
                os.chown(path, who.pw_uid, who.pw_gid)
        how = ["--auth=scram-sha-256", "-U", "postgres", f"--pwfile={one.root / 'password'}", "-E", "UTF8", "--no-sync"]
        one.run("initdb", "-D", one.root / "data", *how)
        one.start()
        try:
            yield one
        finally:
            one.stop()
