"""Reading the files of a registry: every refusal names file, key, what was found and what is allowed."""

import csv
import difflib
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from duban.errors import RegistryError

Shape = TypeVar("Shape")


class _UniqueKeys(yaml.CSafeLoader):
    """YAML in which a key that stands twice is refused; plain YAML keeps the last and says nothing."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"键“{key}”出现两次,同一层的键不能重名,请删去或改名", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path, shape: type[Shape]) -> Shape:
    """Read a YAML file into a shape; raises RegistryError naming every fault in the file."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    except FileNotFoundError:
        raise RegistryError(f"找不到文件 {path}:请补上该文件,或用 --schemas 指向完整的方案文件夹。") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name} 第 {mark.line + 1} 行" if mark else path.name
        raise RegistryError(f"{where}:{getattr(error, 'problem', None) or error}。") from None
    return _validate(path.name, data, shape)


def read_csv(path: Path, shape: type[Shape]) -> list[Shape]:
    """Read a CSV file with a header into records; a file that is absent holds no records."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [_validate(f"{path.name} 第 {number} 行", row, shape) for number, row in enumerate(rows, start=2)]


def _validate(name: str, data: object, shape: type[Shape]) -> Shape:
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        raise RegistryError("\n".join(f"{name}:{_sentence(fault, shape)}" for fault in faults)) from None


def _sentence(fault: dict, shape: type) -> str:
    """One pydantic fault as: key, what was found, what is allowed."""
    key = ".".join(str(part) for part in fault["loc"] if not str(part).startswith(("function-", "tuple[", "literal[")))
    found, context = fault["input"], fault.get("ctx", {})
    match fault["type"]:
        case "extra_forbidden":
            allowed = _allowed_keys(shape, fault["loc"])
            guess = difflib.get_close_matches(str(fault["loc"][-1]), allowed, n=1)
            hint = f",是否想写 {guess[0]}" if guess else ""
            return f"{key} 是不认识的键{hint};此处可用的键:{'、'.join(allowed)}。"
        case "missing":
            return f"缺少 {key},请补上。"
        case "literal_error":
            return f"{key} 写的是“{found}”,可用的值:{context['expected'].replace(' or ', '、')}。"
        case "value_error":
            return f"{key + ' ' if key else ''}{context['error']}。"
        case _:
            return f"{key} 写的是“{found}”,不合要求:{fault['msg']}。"


def _allowed_keys(shape: type, location: tuple) -> list[str]:
    """The keys of the record that holds the unknown key, found by walking the JSON schema along its location."""
    schema = TypeAdapter(shape).json_schema()
    definitions = schema.get("$defs", {})

    def candidates(node: dict) -> list[dict]:
        while "$ref" in node:
            node = definitions[node["$ref"].rsplit("/", 1)[-1]]
        return [found for option in node.get("anyOf", []) for found in candidates(option)] or [node]

    nodes = candidates(schema)
    for step in location[:-1]:
        following = []
        for node in nodes:
            for inner in (
                node.get("properties", {}).get(step),
                node.get("additionalProperties") or None,
                node.get("items") if isinstance(step, int) else None,
            ):
                if isinstance(inner, dict):
                    following += candidates(inner)
        nodes = following or nodes
    return sorted({key for node in nodes for key in node.get("properties", {})})
