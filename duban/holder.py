"""Who runs in a home folder: what the lock file says of them. The lock itself is the kernel's (`duban/runs.py`)."""

import os
from pathlib import Path

LOCK = ".lock"


def holder(root: Path) -> str:
    """Who runs in a home folder, in Chinese words: `collect，进程 4711，自 11-23 16:02:11 起`; '' where nobody does."""
    try:
        name, process, *since = (root / LOCK).read_text(encoding="utf-8", errors="replace")[:200].split()
        os.kill(int(process), 0)  # asks whether it lives
    except PermissionError:
        pass  # it does, and is somebody else's
    except (OSError, ValueError):
        return ""
    return f"{name}，进程 {process}" + (f"，自 {' '.join(since)} 起" if since else "")
