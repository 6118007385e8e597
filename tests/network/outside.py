"""Whom a command tries to reach outside this machine: it runs without a network, and every attempt is noted.

    python -m tests.network.outside demo
    python -m tests.network.outside server --seconds 60
    python -m tests.network.outside run -- python -m pytest tests/walk

Lists every attempt and ends with 1 where there is one. A question to a resolver is one, wherever the resolver is.
It needs Linux, `strace` and `unshare`; root, or a kernel that lets users make namespaces.
"""

import argparse
import ipaddress
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from duban.settings import REPOSITORY

_CALLS = "connect,sendto,sendmsg,sendmmsg"
_ADDRESS = re.compile(
    r'(?P<call>\w+)\(.*?sin6?_port=htons\((?P<port>\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"(?P<host>[^"]+)"'
)
# glibc asks nscd for users too: where none runs, it goes on to a resolver by itself and is seen there
_RESOLVER = re.compile(r'(?P<call>\w+)\(.*?sun_path="(?P<host>[^"]*systemd/resolve[^"]*|[^"]*/nscd/[^"]*(?=.* = 0$))"')
_PATIENCE = 600.0  # seconds for a server under the tracer to start
# a new network has a loopback that is down; 0x8914 is SIOCSIFFLAGS, 1 IFF_UP
_LOOPBACK = (
    "import fcntl, os, socket, struct, sys\n"
    "fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh22x', b'lo', 1))\n"
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)


def attempts(log: str) -> Counter[str]:
    """What a log of strace holds that leaves this machine, as `connect 192.0.2.1:443`, and how often."""
    found: Counter[str] = Counter()
    for line in log.splitlines():
        if reached := _ADDRESS.search(line):
            host = ipaddress.ip_address(reached["host"])
            host = getattr(host, "ipv4_mapped", None) or host
            if reached["port"] == "53" or not (host.is_loopback or host.is_unspecified):
                found[f"{reached['call']} {host}:{reached['port']}"] += 1
        elif asked := _RESOLVER.search(line):
            found[f"{asked['call']} {asked['host']}"] += 1
    return found


def traced(
    command: list[str], output: Path, rest: Callable[[subprocess.Popen], None] = lambda _: None
) -> tuple[int, Counter[str], int]:
    """Run a command to its end: its exit code, what it tried to reach outside, and how many calls were looked at.

    `rest` gets the running process, and may end it. What the command prints goes to `output`.
    """
    hidden = re.compile("PREFECT_|DUBAN_|.*_proxy$", re.IGNORECASE)  # a proxy on loopback would hide what is outside
    environment = {name: value for name, value in os.environ.items() if not hidden.match(name)}
    with tempfile.TemporaryDirectory() as folder, output.open("ab") as printed:
        log = Path(folder) / "log"
        alone = ["unshare", "--net", *(() if os.getuid() == 0 else ("--map-root-user",))]
        # -D: the tracer stands aside, so that this process is the command's own
        tracer = ["strace", "-D", "-f", "-q", "--seccomp-bpf", "-s", "0", "-e", f"trace={_CALLS}", "-o", str(log)]
        running = subprocess.Popen(
            [*alone, sys.executable, "-c", _LOOPBACK, *tracer, *command],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            cwd=REPOSITORY,
            env=environment,
        )
        try:
            rest(running)
        finally:
            code = running.wait()
        ended = re.compile(rf"^{running.pid} +\+\+\+ ", re.MULTILINE)
        deadline = time.monotonic() + 30
        while not (log.exists() and ended.search(text := log.read_text(errors="replace"))):
            if time.monotonic() > deadline:
                raise RuntimeError(f"strace noted no end of the command: see {output}")
            time.sleep(0.1)
    return code, attempts(text), text.count("\n")


def resting(output: Path, seconds: float) -> Callable[[subprocess.Popen], None]:
    """Wait until a `duban serve` is ready, leave it alone for so long, and stop it."""

    def rest(service: subprocess.Popen) -> None:
        try:
            deadline = time.monotonic() + _PATIENCE
            while "已就绪" not in output.read_text(errors="replace"):
                if service.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the server did not start: see {output}")
                time.sleep(0.5)
            time.sleep(seconds)
        finally:
            service.send_signal(signal.SIGTERM)

    return rest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["demo", "server", "run"])
    parser.add_argument("--seconds", type=float, default=60, help="how long the server rests")
    parser.add_argument("command", nargs="*", help="of `run`")
    told = parser.parse_args()
    duban = [sys.executable, "-m", "duban"]
    with tempfile.TemporaryDirectory() as folder:
        home, output = ["--home", f"{folder}/home"], Path(folder) / "output"
        if told.what == "server":
            code, found, calls = traced([*duban, *home, "serve"], output, resting(output, told.seconds))
        else:
            code, found, calls = traced(told.command or [*duban, *home, "demo"], output)
        print(output.read_text(errors="replace")[-2000:])
    for attempt, times in found.most_common():
        print(f"{times:6} × {attempt}")
    print(f"exit code {code}; of {calls} calls {found.total()} tried to leave this machine")
    return 1 if found or code else 0


if __name__ == "__main__":
    sys.exit(main())
