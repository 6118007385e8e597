"""What follows for single reporters is made for those who are asked for, and not kept without end."""

import pytest

from duban.registry import registry
from duban.registry.registry import OfReporters


def test_it_is_made_once_while_few_are_asked_for_and_forgotten_when_many_were(monkeypatch):
    monkeypatch.setattr(registry, "_KNOWN", 2)
    made = []

    def make(code: str) -> tuple[str, ...]:
        made.append(code)
        return (code * 2,)

    of = OfReporters("abc", make)
    assert [of[code] for code in "abab"] == [("aa",), ("bb",), ("aa",), ("bb",)]
    assert [of[code] for code in "cac"] == [("cc",), ("aa",), ("cc",)]
    assert made == ["a", "b", "c", "a"] and list(of) == ["a", "b", "c"]
    with pytest.raises(KeyError):
        of["d"]
