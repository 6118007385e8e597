"""Reading the files of a registry: every refusal names file, key, what was found and what is allowed."""

import csv
import io
from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from duban.errors import RegistryError
from duban.registry.kept import kept
from duban.registry.refusals import sentence

Shape = TypeVar("Shape")


class _UniqueKeys(yaml.CSafeLoader):
    """YAML in which a key that stands twice is refused; plain YAML keeps the last and says nothing."""

    def construct_mapping(self, node, deep=False):
        mapping = super().construct_mapping(node, deep)  # first, since it refuses keys that cannot be compared
        if len(mapping) == len(node.value):
            return mapping
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"键“{key}”出现两次，同一层的键不能重名，请删去或改名", key_node.start_mark
                )
            seen.add(key)
        return mapping


_PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "int", "null", "str", "timestamp")}


class _Unusual(Exception):
    """YAML of more than words, numbers, lists and mappings, or faulty."""


def _load(text: str) -> object:
    """What `_UniqueKeys` makes of a text, in half the time where it is as plain as a list of thousands of reporters."""
    try:
        loader = yaml.CSafeLoader(text)
        loader.get_event(), loader.get_event()  # the beginnings of the text and of its document
        found = _plain(loader, loader.get_event())
        loader.get_event()
        if loader.check_event(yaml.StreamEndEvent):
            return found
    except (yaml.YAMLError, _Unusual, AttributeError):
        pass
    return yaml.load(text, Loader=_UniqueKeys)


def _plain(loader: yaml.CSafeLoader, event: yaml.Event) -> object:
    """What begins with an event of the parser."""
    kind = type(event)
    if event.anchor or event.tag:  # an AttributeError where nothing begins, as in a text without a word
        raise _Unusual
    if kind is yaml.ScalarEvent:
        word, bare = event.value, event.implicit[0]
        if not bare or word[:1] not in loader.yaml_implicit_resolvers:
            return word
        tag = loader.resolve(yaml.ScalarNode, word, event.implicit)
        if tag not in _PLAIN:
            raise _Unusual
        return loader.construct_object(yaml.ScalarNode(tag, word, event.start_mark, event.end_mark))
    if kind is yaml.SequenceStartEvent:
        found = []
        while not isinstance(event := loader.get_event(), yaml.SequenceEndEvent):
            found.append(_plain(loader, event))
        return found
    mapping = {}
    while not isinstance(event := loader.get_event(), yaml.MappingEndEvent):
        if type(event) is not yaml.ScalarEvent or (key := _plain(loader, event)) in mapping:
            raise _Unusual
        mapping[key] = _plain(loader, loader.get_event())
    return mapping


def read_yaml(path: Path, shape: type[Shape]) -> Shape:
    """Read a YAML file into a shape; raises RegistryError naming every fault in the file."""
    return parse_yaml(path.name, read_text(path), shape)


def read_csv(path: Path, shape: type[Shape]) -> list[Shape]:
    """Read a CSV file with a header into records; a file that is absent holds no records."""
    return parse_csv(path.name, read_text(path), shape) if path.exists() else []


def read_text(path: Path) -> str:
    """A file's text without a byte order mark; raises RegistryError when it is absent or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RegistryError(f"找不到文件 {path}：请补上该文件，或用 --schemas 指向完整的方案文件夹。") from None
    except UnicodeDecodeError:
        raise RegistryError(f"{path.name}：不是 UTF-8 编码，请用编辑器另存为 UTF-8（Excel 选“CSV UTF-8”）。") from None


def parse_yaml(name: str, text: str, shape: type[Shape], folder: Path | None = None) -> Shape:
    """Put the text of a YAML file into a shape, which is quicker for a long one that was read before with the same
    `folder`; raises RegistryError naming every fault in it."""
    try:
        data = kept(text, folder, _load)
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or str(error)
        where = f"{name} 第 {mark.line + 1} 行" if mark else name
        ours = problem.startswith("键“")
        raise RegistryError(
            f"{where}：{problem if ours else f'不是正确的 YAML（{problem}），请对照相邻各行改正'}。"
        ) from None
    return _validate(name, data, shape)


def parse_csv(name: str, text: str, shape: type[Shape]) -> list[Shape]:
    """Put the lines of a CSV file with a header into records; raises RegistryError naming every fault in it."""
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="（多出的列）")
    given = [(reader.line_num, {key: value for key, value in row.items() if value is not None}) for row in reader]
    try:  # all at once takes a fifth of the time; what is wrong is told line by line
        return list(_adapter(tuple[shape, ...]).validate_python([row for _, row in given]))
    except ValidationError:
        faults = []
    for line, row in given:
        try:
            _validate(f"{name} 第 {line} 行", row, shape)
        except RegistryError as error:
            faults.append(str(error))
    raise RegistryError("\n".join(faults))


def _validate(name: str, data: object, shape: type[Shape]) -> Shape:
    try:
        return _adapter(shape).validate_python(data)
    except ValidationError as error:
        faults = [sentence(fault, data, shape) for fault in error.errors(include_url=False)]
        raise RegistryError("\n".join(f"{name}：{fault}" for fault in faults)) from None


_adapter = cache(TypeAdapter)  # of a shape; making one takes longer than a hundred lines
