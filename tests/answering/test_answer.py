import pytest
from desk import LATE, Q1, RECEIVED

import duban.answering.answer as answering
from duban.answering.answer import answer_all


def answers(desk) -> list[str]:
    return [accession for (accession,) in desk.query("SELECT accession FROM answers ORDER BY ALL")]


def test_each_submission_is_answered_once_and_again_only_on_request(desk):
    desk.open()
    desk.submit("2023Q1-A1-01")
    desk.submit("2023Q1-A2-01")
    paths = answer_all(desk.home, desk.registry, Q1, RECEIVED)
    assert [path.name for path in paths] == ["2023Q1-A1-01-回执.txt", "2023Q1-A2-01-回执.txt"]
    assert answer_all(desk.home, desk.registry, Q1, LATE) == []
    paths[1].unlink()
    assert answer_all(desk.home, desk.registry, Q1, LATE, again=["2023Q1-A2-01"]) == [paths[1]] and paths[1].exists()
    assert desk.query("SELECT accession, answered_at FROM answers ORDER BY ALL") == [
        ("2023Q1-A1-01", RECEIVED),
        ("2023Q1-A2-01", LATE),
    ]


def test_a_killed_run_is_continued_by_the_next(desk, monkeypatch):
    desk.open()
    for number in range(1, 6):
        desk.submit(f"2023Q1-A1-0{number}")
    whole = answering.write_text

    def killed(path, text):
        if "-04-" in path.name:
            raise KeyboardInterrupt
        return whole(path, text)

    monkeypatch.setattr(answering, "write_text", killed)
    with pytest.raises(KeyboardInterrupt):
        answer_all(desk.home, desk.registry, Q1, RECEIVED)
    assert answers(desk) == []
    monkeypatch.setattr(answering, "write_text", whole)
    paths = answer_all(desk.home, desk.registry, Q1, LATE)
    assert [path.name[:12] for path in paths] == [f"2023Q1-A1-0{number}" for number in range(1, 6)]
    assert len(answers(desk)) == len(list((desk.home.outbox / "2023Q1/A1").glob("*回执.txt"))) == 5


def test_answers_of_another_quarter_wait_for_theirs(desk):
    desk.open()
    desk.submit("2023Q1-A1-01")
    assert answer_all(desk.home, desk.registry, Q1.next(), RECEIVED) == []
