"""Hosts of a test: network namespaces of this machine, joined by a bridge. Needs root and iproute2."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

NETWORK = "10.219.77"  # of the namespaces alone; nothing is routed
CENTRE = f"{NETWORK}.1"


def possible() -> bool:
    """Whether this machine lets us make hosts."""
    if os.getuid() or not shutil.which("ip"):
        return False
    made = subprocess.run(["ip", "netns", "add", "duban-probe"], capture_output=True).returncode == 0
    if made:
        subprocess.run(["ip", "netns", "del", "duban-probe"], capture_output=True)
    return made


@dataclass
class Host:
    """A namespace with an address; what runs in it can be killed at one blow, and its cable be pulled."""

    name: str
    address: str
    running: list[subprocess.Popen] = field(default_factory=list)

    def start(self, *command: str, environment: Mapping[str, str] = os.environ, **options) -> subprocess.Popen:
        command = ["ip", "netns", "exec", self.name, *command]
        self.running.append(subprocess.Popen(command, start_new_session=True, env=environment, **options))
        return self.running[-1]

    def die(self) -> None:
        for pid in subprocess.run(
            ["ip", "netns", "pids", self.name], capture_output=True, text=True, check=True
        ).stdout.split():
            os.kill(int(pid), signal.SIGKILL)
        for process in self.running:
            process.wait()

    def pull_the_cable(self) -> None:
        _ip("link", "set", f"{self.name}-c", "down")


@contextmanager
def hosts(*names: str) -> Iterator[list[Host]]:
    """So many hosts that reach each other and this machine (CENTRE), gone afterwards with all that ran on them."""
    found = [Host(f"db-{name}", f"{NETWORK}.{number}") for number, name in enumerate(names, start=2)]
    _ip("link", "add", "db-bridge", "type", "bridge")
    try:
        _ip("addr", "add", f"{CENTRE}/24", "dev", "db-bridge")
        _ip("link", "set", "db-bridge", "up")
        for host in found:
            _ip("netns", "add", host.name)
            _ip("link", "add", f"{host.name}-c", "type", "veth", "peer", "name", "eth0", "netns", host.name)
            _ip("link", "set", f"{host.name}-c", "master", "db-bridge", "up")
            for told in (
                ("addr", "add", f"{host.address}/24", "dev", "eth0"),
                *(("link", "set", d, "up") for d in ("eth0", "lo")),
            ):
                _ip("-n", host.name, *told)
        yield found
    finally:
        for host in found:
            if subprocess.run(["ip", "netns", "pids", host.name], capture_output=True).returncode == 0:
                host.die()
                _ip("netns", "del", host.name)
        _ip("link", "del", "db-bridge")


def _ip(*told: str) -> None:
    subprocess.run(["ip", *told], check=True)
