"""The only home of fsspec: storage that all machines of a cluster see, a folder or an object store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import fsspec


@dataclass(frozen=True)
class Storage:
    """Things by name below an address. What is written under a name counts only once its writer has told the name: a
    writer that is lost, or one of two at the same work, spoils nothing, because every attempt uses names of its own."""

    url: str
    options: Mapping[str, object] = field(default_factory=dict)

    def put(self, local: Path, name: str) -> str:
        """Copy a file in; returns its name."""
        files, path = self._at(name)
        files.put_file(str(local), path)
        return name

    def get(self, name: str, local: Path) -> Path:
        """Copy a file out; raises FileNotFoundError where there is none."""
        files, path = self._at(name)
        files.get_file(path, str(local))
        return local

    def open(self, name: str, mode: str) -> IO[bytes]:
        """A stream of bytes, `rb` or `wb`."""
        files, path = self._at(name)
        return files.open(path, mode)

    def remove(self, name: str) -> None:
        """Remove all below a name; nothing where there is nothing."""
        files, path = self._at(name)
        if files.exists(path):
            files.rm(path, recursive=True)

    def _at(self, name: str) -> tuple[fsspec.AbstractFileSystem, str]:
        """The file system, and the path in it. Listings that are kept would not show what others write."""
        folders = {} if "://" in self.url else {"auto_mkdir": True}
        return fsspec.url_to_fs(f"{self.url.rstrip('/')}/{name}", use_listings_cache=False, **folders, **self.options)
