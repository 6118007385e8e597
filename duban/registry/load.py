"""Reading a folder of schemas into a Registry, and refusing what does not fit together."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from duban.errors import RegistryError
from duban.garbage import no_collection
from duban.registry.crosscheck import check_items, check_measures, check_names, check_shares
from duban.registry.doubts import Doubts
from duban.registry.files import parse_csv, parse_yaml, read_text
from duban.registry.registry import Registry
from duban.registry.shapes import Group, Item, Plan, Reporter, Share

Shape = TypeVar("Shape")


@dataclass(frozen=True)
class _Files:
    """The texts of a plan by name, and the folder where it is kept what long ones were read as."""

    texts: tuple[tuple[str, str], ...]
    kept: Path | None = field(compare=False)


def load_registry(folder: Path, kept: Path | None = None) -> Registry:
    """Read `plan.yaml`, `reporters.yaml`, `groups.yaml`, `targets.csv`, `doubts.yaml` and `items/*.yaml` of a year.

    `kept` is a folder in which it is kept what long files were read as, so that it is read quicker the next time.
    Raises RegistryError with one line per fault: file, key, what was found, what is allowed.
    """
    if not folder.is_dir():
        raise RegistryError(f"找不到方案文件夹 {folder}：请用 --schemas 指明，或在 schemas/ 下建立该年度的文件夹。")
    return registry_of(_texts(folder), kept)


def registry_of(files: dict[str, str], kept: Path | None = None) -> Registry:
    """Build a registry from the texts of its files by name, such as an earlier Registry's `files`; raises as above.

    The last few are kept, so that every step of a run may ask for its registry anew.
    """
    return _build(_Files(tuple(sorted(files.items())), kept))


@lru_cache(maxsize=4)
@no_collection()
def _build(given: _Files) -> Registry:
    files = dict(given.texts)
    faults: list[str] = []

    def read(name: str, shape: type[Shape], otherwise: Shape) -> Shape:
        try:
            return parse_yaml(Path(name).name, files[name], shape, given.kept)
        except RegistryError as error:
            faults.append(str(error))
            return otherwise

    plan = read("plan.yaml", Plan, None)
    reporters = read("reporters.yaml", tuple[Reporter, ...], ())
    groups = read("groups.yaml", dict[str, Group], {})
    doubts = read("doubts.yaml", Doubts, Doubts()) if "doubts.yaml" in files else Doubts()
    items = {Path(name).name: read(name, Item, None) for name in sorted(files) if name.startswith("items/")}
    shares = []
    try:
        shares = parse_csv("targets.csv", files.get("targets.csv", ""), Share)
    except RegistryError as error:
        faults.append(str(error))
    _refuse(faults)  # what a file means is only asked once every file can be read
    _refuse(check_names(plan, reporters, groups) + check_items(plan, reporters, groups, items))
    by_name = {n: r.code for r in reporters for n in (r.code, r.name, r.full_name, *r.aliases)}
    registry = Registry(
        plan=plan,
        reporters=reporters,
        groups=groups,
        items=tuple(sorted(items.values(), key=lambda item: item.item)),
        shares={(by_name.get(share.reporter, share.reporter), share.measure): share.target for share in shares},
        doubts=doubts,
        digest=_digest(files),
        files=files,
    )
    named = {item.item: name for name, item in items.items()}
    _refuse(check_measures(registry, named) + check_shares(registry, shares))
    return registry


def _refuse(faults: list[str]) -> None:
    if faults:
        raise RegistryError("\n".join(faults))


def _texts(folder: Path) -> dict[str, str]:
    """The files that make up a registry, by name; ledgers and contacts are dated records of their own, not rules."""
    stray = [path for path in (folder / "items").glob("[!.~]*") if path.suffix != ".yaml"]
    _refuse([f"items/{path.name}：items/ 里只读 .yaml 文件，请改名或移走。" for path in sorted(stray)])
    paths = [folder / name for name in ("plan.yaml", "reporters.yaml", "groups.yaml")]
    # a plan may share no target and have no doubts
    paths += [path for path in (folder / "targets.csv", folder / "doubts.yaml") if path.exists()]
    paths += sorted((folder / "items").glob("[!.~]*.yaml"))
    return {path.relative_to(folder).as_posix(): read_text(path) for path in paths}


def _digest(files: dict[str, str]) -> str:
    whole = hashlib.sha256()
    for name, text in sorted(files.items()):
        whole.update(f"{name}\0{len(text)}\0{text}\0".encode())
    return whole.hexdigest()
