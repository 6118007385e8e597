"""A Prefect server that stands while others are measured."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from functools import cached_property
from urllib.request import urlopen

_PATIENCE = 240.0  # seconds


class Server:
    """On loopback, with a home of its own; started when its address is first asked for, and ended by `close`."""

    process: subprocess.Popen | None = None

    @cached_property
    def address(self) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        address = f"http://127.0.0.1:{port}/api"
        quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
        self._home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        environment = {**os.environ, **quiet, "PREFECT_HOME": self._home.name}
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                with urlopen(f"{address}/health", timeout=1):
                    return address
            except OSError:
                time.sleep(0.5)
        raise SystemExit(f"the Prefect server did not start within {_PATIENCE:.0f} seconds")

    def close(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(30)
            self._home.cleanup()
