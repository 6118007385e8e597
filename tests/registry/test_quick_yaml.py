"""The quick way through plain YAML and the parser's own way come to the same."""

import pytest
import yaml

from duban.registry import files
from duban.settings import SCHEMAS

ODD = {
    "nothing": "",
    "a word": "a",
    "a key twice": "a: 1\na: 2",
    "a number twice": "1: a\n1: b",
    "an alias": "a: &x 1\nb: *x",
    "a list in itself": "- &a [*a]",
    "a tag": "a: !!str 1",
    "a tag of nobody": "a: !foo 1",
    "merged mappings": "<<: {a: 1}\nb: 2",
    "a list for a key": "? [1, 2]\n: 3",
    "two documents": "--- 1\n--- 2",
    "an ended document": "--- 1\n...\n",
    "a directive": "%YAML 1.1\n---\na: 1",
    "a sign for a value": "=: 1\na: =",
    "no YAML": "a: b: c",
    "a tabulator": "\t",
    "every kind of word": "[2023-01-01, 0x10, 1_000, yes, ~, '1', \"1\", .inf, 1.5e3, 1:30, 武汉, '', null, -1]",
    "blanks and blocks": "a:\nb: |\n  x\n  y\n? c\n",
}


def outcome(load, text):
    try:
        return "read", load(text)
    except yaml.YAMLError as error:
        return "refused", str(error)


def whole(text):
    return yaml.load(text, Loader=files._UniqueKeys)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_yaml_is_read_or_refused_alike_both_ways(text):
    assert repr(outcome(files._load, text)) == repr(outcome(whole, text))


def test_no_file_of_the_sample_plan_needs_the_long_way(monkeypatch):
    texts = [path.read_text(encoding="utf-8") for path in sorted(SCHEMAS.rglob("*.yaml"))]
    assert len(texts) > 40
    expected = [whole(text) for text in texts]
    monkeypatch.setattr(files.yaml, "load", lambda *_, **__: pytest.fail("the long way"))
    assert [files._load(text) for text in texts] == expected
