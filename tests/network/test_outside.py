"""Nothing goes outside: the tracer sees who tries, and duban's demo and its server at rest do not."""

import shutil
import subprocess
import sys

import pytest

from tests.network.outside import attempts, resting, traced


def can_trace() -> bool:
    """Whether this machine lets us take the network away and look on."""
    if not (shutil.which("strace") and shutil.which("unshare")):
        return False
    alone = subprocess.run(["unshare", "--net", "strace", "-D", "-q", "-o", "/dev/null", "true"], capture_output=True)
    return alone.returncode == 0


needs_tracer = pytest.mark.skipif(not can_trace(), reason="no strace, or no right to a network of our own")


def test_what_leaves_the_machine_is_told_from_what_stays():
    log = """
1 connect(5, {sa_family=AF_INET, sin_port=htons(4200), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
1 connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0
1 connect(5, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = -1 ENETUNREACH
1 connect(5, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0
1 connect(5, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::ffff:127.0.0.1", &sin6_addr), sin6_scope_id=0}, 28) = 0
2 sendto(5, ""..., 30, MSG_NOSIGNAL, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.53")}, 16) = 30
2 connect(6, {sa_family=AF_UNIX, sun_path="/run/systemd/resolve/io.systemd.Resolve"}, 42) = 0
2 connect(6, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory)
2 connect(6, {sa_family=AF_UNIX, sun_path="/run/nscd/socket"}, 110) = 0
2 connect(6, {sa_family=AF_UNIX, sun_path="/tmp/x"}, 42) = 0
"""  # noqa: E501
    assert dict(attempts(log)) == {
        "connect 127.0.0.53:53": 1,
        "connect 2001:db8::1:443": 1,
        "sendto 192.0.2.53:53": 1,
        "connect /run/systemd/resolve/io.systemd.Resolve": 1,
        "connect /run/nscd/socket": 1,
    }


@needs_tracer
@pytest.mark.engine(seconds=2)
def test_whoever_asks_outside_is_seen_children_and_names_too(tmp_path):
    asking = (
        "import contextlib, socket, subprocess, sys\n"
        "with contextlib.suppress(OSError): socket.create_connection(('192.0.2.1', 443), 1)\n"
        "subprocess.run([sys.executable, '-c', 'import socket; socket.getaddrinfo(\"example.invalid\", 80)'])\n"
    )
    code, found, _ = traced([sys.executable, "-c", asking], tmp_path / "output")
    assert code == 0
    assert found["connect 192.0.2.1:443"] == 1
    assert any(attempt.endswith(":53") or "resolve" in attempt for attempt in found)


@needs_tracer
@pytest.mark.slow
def test_the_demo_asks_nobody_outside(tmp_path):
    demo = [sys.executable, "-m", "duban", "--home", str(tmp_path / "home"), "demo"]
    code, found, calls = traced(demo, tmp_path / "o")
    assert (code, dict(found)) == (0, {}), (tmp_path / "o").read_text()
    assert calls > 10  # it does speak, to its own server


@needs_tracer
@pytest.mark.slow
def test_a_server_at_rest_asks_nobody_outside(tmp_path):
    output = tmp_path / "o"
    serve = [sys.executable, "-m", "duban", "--home", str(tmp_path / "home"), "serve"]
    code, found, calls = traced(serve, output, resting(output, 30.0))
    assert (code, dict(found)) == (0, {}), output.read_text()
    assert calls > 10
