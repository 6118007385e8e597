"""Wording what pydantic refuses: key, what was found, what is allowed, in Chinese."""

import difflib

from pydantic import TypeAdapter

# parts of a pydantic location that name its own machinery and no key of the file
_MACHINERY = ("function-", "tuple[", "literal[", "constrained-")

_WANTED = {
    "string_type": "应为文字；代码、日期等请加英文引号",
    "string_too_short": "不能为空",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "应符合 {pattern}",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "decimal_type": "应为数字",
    "decimal_parsing": "应为数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不小于 {ge}",
    "less_than_equal": "不大于 {le}",
    "too_short": "至少 {min_length} 个",
    "too_long": "最多 {max_length} 个",
    "tuple_type": "应为列表，如 [甲, 乙]",
    "dict_type": "应为“键: 值”",
    "model_type": "应为“键: 值”",
    "dataclass_type": "应为“键: 值”",
    "mapping_type": "应为“键: 值”",
}


def sentence(fault: dict, data: object, shape: type) -> str:
    """One pydantic fault of some data as a sentence: key, what was found, what is allowed."""
    key = _key(fault["loc"], data)
    found, context = fault["input"], fault.get("ctx", {})
    match fault["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            allowed = _allowed_keys(shape, fault["loc"])
            guess = difflib.get_close_matches(str(fault["loc"][-1]), allowed, n=1)
            hint = f"，是否想写 {guess[0]}" if guess else ""
            return f"{key} 是不认识的键{hint}；此处可用的键：{'、'.join(allowed)}。"
        case "missing":
            return f"缺少 {key}，请补上。"
        case "literal_error":
            return f"{key} 写的是“{found}”，可用的值：{_listed(context['expected'])}。"
        case "value_error":
            return f"{key + ' ' if key else ''}{str(context['error']).rstrip('。')}。"
        case kind if kind in _WANTED:
            wrote = "是空的" if found is None else f"写的是“{found}”"
            return f"{key or '文件'} {wrote}，{_WANTED[kind].format(**context)}。"
        case _:
            return f"{key} 写的是“{found}”，不合要求：{fault['msg']}。"


def _key(location: tuple, data: object) -> str:
    """A fault's place as people count: keys joined by dots, entries of a list from 1."""
    parts = []
    for step in location:
        if str(step).startswith(_MACHINERY):
            continue
        parts.append(f"第{step + 1}条" if isinstance(data, list) and isinstance(step, int) else str(step))
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            data = None
    return ".".join(parts)


def _listed(expected: str) -> str:
    return expected.replace(" or ", "、").replace(", ", "、").replace("'", "")


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
                *node.get("patternProperties", {}).values(),
                node.get("items") if isinstance(step, int) else None,
            ):
                if isinstance(inner, dict):
                    following += candidates(inner)
        nodes = following or nodes
    return sorted({key for node in nodes for key in node.get("properties", {})})
