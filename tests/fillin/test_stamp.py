import datetime as dt
import re
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from duban.errors import UserError
from duban.fillin.keys import all_keys, key_ring, rotate
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
    assert re.fullmatch(r"[0-9a-f]{64}\ncreated [-0-9T:+]{25}\n", path.read_text())


def test_without_create_nothing_is_written(tmp_path):
    ring = key_ring(tmp_path / "keys", create=False)
    assert (dict(ring.keys), ring.signing, list(tmp_path.iterdir())) == ({}, None, [])


def test_an_added_key_verifies_and_the_own_one_signs(tmp_path):
    stamp = sign(ISSUED, key_ring(tmp_path, create=True))
    (tmp_path / "another.key").write_text("ab" * 32)
    (tmp_path / "another.key").chmod(0o600)
    ring = key_ring(tmp_path, create=True)
    assert len(ring.keys) == 2 and ring.signing == stamp["key"] and verify(stamp, ring)
    (tmp_path / "duban.key").rename(tmp_path / "retired.key")
    ring = key_ring(tmp_path, create=True)
    assert ring.signing != stamp["key"] and verify(stamp, ring)


@pytest.mark.parametrize("text", ["", "不是密钥", "abc", "abcd"])
def test_a_broken_key_is_refused_by_name(tmp_path, text):
    (tmp_path / "duban.key").write_text(text, encoding="utf-8")
    (tmp_path / "duban.key").chmod(0o600)
    with pytest.raises(UserError, match=r"密钥文件 .*duban\.key 无法使用"):
        key_ring(tmp_path, create=True)


ROTATED = dt.datetime.fromisoformat("2023-07-01T09:00:00+08:00")


def test_a_replaced_key_verifies_the_quarters_issued_under_it_and_forges_no_later_one(tmp_path):
    old = key_ring(tmp_path, create=True)
    first, later = sign(ISSUED, old), sign({**ISSUED, "quarter": "2023Q2"}, old)
    rotate(tmp_path, ["2023Q1"], ROTATED)
    ring = key_ring(tmp_path, create=False)
    assert ring.signing != old.signing and set(ring.keys) == {ring.signing, old.signing}
    assert verify(first, ring) and not verify(later, ring)
    assert verify(sign({**ISSUED, "quarter": "2023Q2"}, ring), ring)


def test_every_key_ever_replaced_keeps_its_own_quarters(tmp_path):
    ids = [key_ring(tmp_path, create=True).signing]
    for quarters in (["2023Q1"], ["2023Q1", "2023Q2"], []):
        rotate(tmp_path, quarters, ROTATED)
        ids.append(key_ring(tmp_path, create=False).signing)
    assert {key.id: key.quarters for key in all_keys(tmp_path)} == {
        ids[0]: {"2023Q1"},
        ids[1]: {"2023Q1", "2023Q2"},
        ids[2]: set(),
        ids[3]: None,
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_rotation_that_is_killed_halfway_leaves_the_old_key_signing_and_verifying_everything(tmp_path, monkeypatch):
    old = key_ring(tmp_path, create=True)
    with monkeypatch.context() as patch:
        patch.setattr("duban.fillin.keys._new_key", lambda now: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            rotate(tmp_path, ["2023Q1"], ROTATED)
    ring = key_ring(tmp_path, create=False)
    assert (ring.signing, dict(ring.keys), dict(ring.quarters)) == (old.signing, dict(old.keys), {})
    rotate(tmp_path, ["2023Q1"], ROTATED)
    assert dict(key_ring(tmp_path, create=False).quarters) == {old.signing: {"2023Q1"}}


def test_the_key_of_the_environment_signs_and_those_of_files_go_on_verifying(tmp_path, monkeypatch):
    old = key_ring(tmp_path, create=True)
    stamp = sign(ISSUED, old)
    monkeypatch.setenv("DUBAN_KEY", "cd" * 32)
    ring = key_ring(tmp_path, create=True)
    assert ring.keys[ring.signing] == bytes.fromhex("cd" * 32) and verify(stamp, ring)
    assert key_ring(tmp_path / "none", create=True).signing == ring.signing and not (tmp_path / "none").exists()
    with pytest.raises(UserError, match="DUBAN_KEY，duban 不能更换"):
        rotate(tmp_path, [], ROTATED)
    monkeypatch.setenv("DUBAN_KEY", "abc")
    with pytest.raises(UserError, match="环境变量 DUBAN_KEY 不是密钥"):
        key_ring(tmp_path, create=True)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_can_read_is_refused_with_what_to_do(tmp_path, mode):
    key_ring(tmp_path, create=True)
    (tmp_path / "duban.key").chmod(mode)
    with pytest.raises(UserError, match=rf"别人也能读（权限 {mode:o}）.*请运行 chmod 600"):
        key_ring(tmp_path, create=False)


def test_a_key_never_stands_in_what_is_printed_of_it(tmp_path):
    ring = key_ring(tmp_path, create=True)
    secret = ring.keys[ring.signing]
    for text in (repr(ring), repr(all_keys(tmp_path))):
        assert secret.hex() not in text and repr(secret) not in text
