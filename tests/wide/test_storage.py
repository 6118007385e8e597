"""Storage that machines share: a folder here, and an object store where s3fs and moto's server are installed."""

import os
import socket
import subprocess
import sys
import time
from importlib.util import find_spec

import pytest

from duban.wide.storage import Storage


def goes_in_and_out(storage: Storage, scratch) -> None:
    """Things put or written come out whole, a second one takes the place of the first, and what is removed is gone."""
    (scratch / "one").write_bytes(b"1" * 100_000)
    assert storage.put(scratch / "one", "run/a/one") == "run/a/one"
    assert storage.get("run/a/one", scratch / "back").read_bytes() == b"1" * 100_000
    with storage.open("run/b/two", "wb") as file:
        file.write(b"2")
    with storage.open("run/b/two", "wb") as file:
        file.write(b"3")
    with storage.open("run/b/two", "rb") as file:
        assert file.read() == b"3"
    storage.remove("run")
    storage.remove("run")
    with pytest.raises(FileNotFoundError):
        storage.get("run/a/one", scratch / "back")


def test_a_folder(tmp_path):
    goes_in_and_out(Storage(str(tmp_path / "shared" / "deep")), tmp_path)


@pytest.mark.skipif(not (find_spec("s3fs") and find_spec("moto")), reason="needs s3fs and moto[server]")
def test_an_object_store(tmp_path, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for word in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(word, "testing")
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"AWS_DEFAULT_REGION": "us-east-1"},
    )
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        storage = Storage("s3://duban/wide", {"endpoint_url": address})
        files, _ = storage._at("")
        files.mkdir("duban")
        goes_in_and_out(storage, tmp_path)
    finally:
        server.kill()
        server.wait()
