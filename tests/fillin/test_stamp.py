import re
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from duban.errors import UserError
from duban.fillin.keys import key_ring
from duban.fillin.stamp import FIELDS, sign, verify

ISSUED = {
    "plan": "hubei-2023",
    "quarter": "2023Q1",
    "reporter": "420100",
    "registry": "a" * 64,
    "template": "b" * 64,
    "issued_at": "2023-04-03T09:00:00+08:00",
}


def test_a_stamp_verifies_and_any_change_to_it_does_not(tmp_path):
    ring = key_ring(tmp_path, create=True)
    stamp = sign(ISSUED, ring)
    assert tuple(stamp) == FIELDS and verify(stamp, ring)
    for word in FIELDS:
        assert not verify({**stamp, word: stamp[word] + "0"}, ring), word
        assert not verify({**stamp, word: None}, ring), word
        assert not verify({key: value for key, value in stamp.items() if key != word}, ring), word


def test_a_stamp_of_another_installation_does_not_verify(tmp_path):
    stamp = sign(ISSUED, key_ring(tmp_path / "a", create=True))
    assert not verify(stamp, key_ring(tmp_path / "b", create=True))
    assert not verify(stamp, key_ring(tmp_path / "none", create=False))


def test_a_key_is_made_once_and_is_ours_alone(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: key_ring(tmp_path / "keys", create=True), range(8)))
    assert len({ring.signing for ring in rings}) == 1
    (path,) = (tmp_path / "keys").iterdir()
    assert path.name == "duban.key" and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert re.fullmatch("[0-9a-f]{64}\n", path.read_text())


def test_without_create_nothing_is_written(tmp_path):
    ring = key_ring(tmp_path / "keys", create=False)
    assert (dict(ring.keys), ring.signing, list(tmp_path.iterdir())) == ({}, None, [])


def test_an_added_key_verifies_and_the_own_one_signs(tmp_path):
    stamp = sign(ISSUED, key_ring(tmp_path, create=True))
    (tmp_path / "another.key").write_text("ab" * 32)
    ring = key_ring(tmp_path, create=True)
    assert len(ring.keys) == 2 and ring.signing == stamp["key"] and verify(stamp, ring)
    (tmp_path / "duban.key").rename(tmp_path / "retired.key")
    ring = key_ring(tmp_path, create=True)
    assert ring.signing != stamp["key"] and verify(stamp, ring)


@pytest.mark.parametrize("text", ["", "不是密钥", "abc", "abcd"])
def test_a_broken_key_is_refused_by_name(tmp_path, text):
    (tmp_path / "duban.key").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"密钥文件 .*duban\.key 无法使用"):
        key_ring(tmp_path, create=True)
