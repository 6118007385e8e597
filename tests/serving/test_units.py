"""The units for systemd are what systemd itself takes them for."""

import shutil
import subprocess

import pytest

from duban.settings import REPOSITORY

UNITS = sorted((REPOSITORY / "deploy" / "systemd").glob("duban*"))


def complaints(folder, spoil=lambda text: text) -> str:
    """What systemd says of the units, installed in a folder that has the program."""
    program = folder / "duban" / ".venv" / "bin" / "duban"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.touch(mode=0o755)
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/duban", str(folder / "duban"))
        (folder / unit.name).write_text(spoil(text), encoding="utf-8")
    verify = ["systemd-analyze", "verify", "--man=no", *(folder / unit.name for unit in UNITS)]
    return subprocess.run(verify, capture_output=True, text=True, timeout=60).stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
def test_systemd_has_nothing_against_the_units(tmp_path):
    assert [unit.name for unit in UNITS] == ["duban-backup.service", "duban-backup.timer", "duban.service"]
    assert complaints(tmp_path) == ""
    assert "NoNewPrivilege" in complaints(tmp_path, lambda text: text.replace("NoNewPrivileges=", "NoNewPrivilege="))
    assert "not executable" in complaints(tmp_path, lambda text: text.replace("bin/duban serve", "bin/daban serve"))
