"""The command line as people and programs meet it: Chinese, a sentence for a mistake, an exit code per kind of end."""

import json
import logging
import subprocess
import sys
import time

import pytest

from duban import cli_chinese
from duban.cli import cli, run
from duban.errors import UserError
from duban.quarters import Quarter
from duban.settings import REPOSITORY, parse_clock

COMMANDS = list(cli.commands)


@pytest.fixture
def duban(capsys, tmp_path, monkeypatch):
    """Run a command in a home of its own; returns exit code, stdout and stderr."""
    monkeypatch.delenv("DUBAN_HOME", raising=False)
    monkeypatch.delenv("DUBAN_SCHEMAS", raising=False)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = run(["--home", str(tmp_path / "home"), *arguments])
        return code, *capsys.readouterr()

    return command


def test_help_is_chinese_and_names_every_command(duban):
    code, out, err = duban("--help")
    assert (code, err) == (0, "")
    assert out.startswith("用法：duban [选项] 命令 [参数]...\n")
    assert "\n选项：\n" in out and "\n命令：\n" in out
    assert [line.split()[0] for line in out.partition("\n命令：\n")[2].splitlines()] == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_without_english(duban, name):
    code, out, _ = duban(name, "--help")
    assert code == 0
    for english in ("Usage", "Options", "Show this", "OPTIONS", "Error"):
        assert english not in out
    assert all(cli_chinese.width_of(line) <= cli_chinese.WIDTH for line in out.splitlines())


def the_error(function, argument) -> UserError:
    with pytest.raises(UserError) as caught:
        function(argument)
    return caught.value


MISTAKES = {
    ("colect",): "没有“colect”这个命令，是否想写 collect；用法见 duban --help。",
    (): "duban 缺少命令；用法见 duban --help。",
    ("collect",): "duban collect 缺少 QUARTER；用法见 duban collect --help。",
    ("collect", "2023Q1", "x"): "duban collect 后面多写了参数；用法见 duban collect --help。",
    ("status", "--jsn"): "duban status 没有 --jsn 这个选项，是否想写 --json；用法见 duban status --help。",
    ("status", "2023Q1", "--as-of"): "duban 的选项 --as-of 用法不对：须在其后写一个值，开关类选项则不带值；"
    "用法见 duban --help。",
    ("status", "2023-1"): str(the_error(Quarter.parse, "2023-1")),
    ("status", "2023Q1", "--as-of", "昨天"): str(the_error(parse_clock, "昨天")),
    ("plan", "十三"): "“十三”不是重点工作的序号：应写 13 这样的数字，全部序号见 duban plan。",
    ("check", "nowhere.xlsx"): "找不到文件 nowhere.xlsx：请写明要自查的填报表。",
    ("demo", "--as-of", "2023-04-01"): "demo 的时间取自样例的 arrivals.csv，不接受 --as-of：请去掉该选项后重试。",
}


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_mistake_is_one_sentence_and_code_2(duban, arguments):
    assert duban(*arguments) == (2, "", MISTAKES[arguments] + "\n")


def test_nothing_at_all_shows_the_help_and_is_wrong_usage(capsys):
    assert run([]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("用法：duban")


def test_a_quarter_that_is_not_open_says_what_to_do(duban):
    code, out, err = duban("status", "2023Q1")
    assert (code, out) == (2, "")
    assert "duban open 2023Q1" in err and len(err.splitlines()) == 1


def test_asking_creates_nothing(duban, tmp_path):
    duban("status", "2023Q1")
    duban("plan")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--json", "plan", "13"], ["plan", "13", "--json"]])
def test_global_options_stand_before_or_after_the_command(duban, arguments):
    code, out, err = duban(*arguments)
    assert (code, err) == (0, "")
    assert json.loads(out)["item"] == 13


def test_what_is_written_wins_over_the_environment(duban, tmp_path, monkeypatch):
    monkeypatch.setenv("DUBAN_SCHEMAS", str(tmp_path / "nowhere"))
    assert duban("plan")[0] == 2
    schemas = str(REPOSITORY / "schemas" / "2023")
    assert duban("--schemas", schemas, "plan")[0] == 0
    assert duban("plan", "--schemas", schemas)[0] == 0


def test_a_fault_of_ours_is_code_70_with_a_log_and_no_traceback(duban, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "duban.duckdb").write_text("not a database at all " * 300)
    code, out, err = duban("status", "2023Q1")
    assert (code, out) == (70, "")
    assert len(err.splitlines()) == 1
    [log] = (home / "logs").iterdir()
    assert str(log) in err
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_rights_that_are_missing_are_said_in_one_sentence(duban, tmp_path):
    (tmp_path / "home").write_text("a file where the folder should be")
    code, _, err = duban("open", "2023Q1")
    assert code == 2
    assert len(err.splitlines()) == 1
    assert "：路径中有一段不是文件夹，请改正路径后重试；" in err


def test_what_modules_note_goes_to_a_log_and_not_to_the_terminal(duban, tmp_path, capsys):
    duban("status", "2023Q1")
    logging.getLogger("duban.reading.pool").warning("a worker said: %s", "Traceback")
    assert capsys.readouterr().err == ""
    lines = (tmp_path / "home/logs/duban.log").read_text(encoding="utf-8").splitlines()
    assert [line.partition(" duban.")[2] for line in lines] == ["reading.pool: a worker said: Traceback"]


def test_help_answers_at_once():
    def seconds() -> float:
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "duban", "--help"], check=True, stdout=subprocess.DEVNULL, cwd=REPOSITORY)
        return time.perf_counter() - begun

    assert min(seconds() for _ in range(5)) < 0.5


def test_wide_characters_wrap_at_the_terminal_column():
    lines = list(cli_chinese.wrap("督" * 12 + "word" + "办" * 3, 10))
    assert lines == ["督" * 5, "督" * 5, "督督word办", "办办"]
