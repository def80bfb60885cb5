"""The commands as a student uses them: start, check, hint, diff, the list; and a teacher's check of many folders."""

import json
import re
from pathlib import Path
from typing import Any

import exercises.__main__
from common.errors import UserError
from common.options import parse
from exercises.__main__ import Options, main
from exercises.bugs import bugs, find
from exercises.exercise import catalogue
from exercises.grade import gist, last_words

import pytest

Q = find("q-target")
BLANK = "the line is still to be written"


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Say a command about a student's folder; gives the exit status and what was printed."""

    def command(*words: str, language: str = "en") -> tuple[int, str]:
        folder = [] if "--student" in words else ["--student", str(tmp_path / "my")]
        status = main(parse(Options, [*words, *folder, "--language", language]))
        return status, capsys.readouterr().out

    return command


def answer(folder: Path, code: str) -> None:
    """Write the student's line."""
    file = folder / Q.file
    file.write_text(file.read_text(encoding="utf-8").replace(Q.blank_line, code), encoding="utf-8")


def test_from_the_list_to_the_tick(say: Any, tmp_path: Path) -> None:
    status, printed = say("list")
    assert status == 0 and printed.count("[ ]") == len(catalogue()) + len(bugs()) and "[x]" not in printed
    assert say("start", "q-target")[0] == 0
    with pytest.raises(UserError, match=r"q_target\.py is there already"):
        say("start", "q-target")
    assert BLANK in say("check", "q-target")[1]
    with pytest.raises(UserError, match="first let it pass"):
        say("diff", "q-target")

    answer(tmp_path / "my", Q.mistakes[0].code)
    status, printed = say("check", "q-target")
    assert status == 1 and Q.mistakes[0].en in printed
    assert "yours gives 3.3; it should be 1.5" in printed, "table 2, step size 0.5: target 4.6 instead of 1"
    right = "best = max(agent.table[next_state])\ntarget = reward + agent.discount * best * (not terminated)"
    (tmp_path / "my" / Q.file).write_text(Q.with_code(right), encoding="utf-8")
    status, printed = say("check", "q-target")
    assert status == 0 and printed.startswith("+ q-target")
    assert "[x] q-target" in say("list")[1]
    printed = say("diff", "q-target")[1]
    assert "best = max(agent.table[next_state])" in printed and Q.answer in printed


def test_the_help_names_what_there_is() -> None:
    said = " ".join(exercises.__main__.__doc__.split())
    for name in re.findall(r"(?:start|check|hint|diff) ([a-z][\w-]+)", said):
        assert find(name).name == name


def test_hints_come_one_by_one(say: Any) -> None:
    words = Q.words["en"]
    for count in (1, 2, 3, 3):
        printed = say("hint", "q-target")[1]
        assert [each in printed for each in (words.read, words.question, words.shape)] == [n < count for n in range(3)]
    assert Q.words["ko"].read in say("hint", "q-target", language="ko")[1]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("target = ", "line 36: SyntaxError: invalid syntax"),
        ("target = rewrad", "NameError: name 'rewrad' is not defined"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("target = 'a'", "TypeError"),
        ("import os; os.abort()", "Python ended with status"),
    ],
)
def test_an_answer_that_does_not_run_is_one_line(say: Any, tmp_path: Path, code: str, told: str) -> None:
    say("start", "q-target")
    answer(tmp_path / "my", code)
    status, printed = say("check", "q-target")
    assert status == 1 and told in printed and "Traceback" not in printed
    assert len(printed.splitlines()) <= 4


@pytest.mark.parametrize(
    ("missing", "name", "told"),
    [
        ("hypothesis", "q-target", "python -m pip install hypothesis"),
        ("tensorflow", "dqn-target", "python -m pip install -r requirements.txt"),
    ],
)
def test_what_is_not_installed_is_one_line(
    say: Any, monkeypatch: pytest.MonkeyPatch, missing: str, name: str, told: str
) -> None:
    monkeypatch.setattr("exercises.grade.find_spec", lambda module: None if module == missing else module)
    say("start", name)
    with pytest.raises(UserError, match=told):
        say("check", name)


def test_an_endless_loop_is_one_line(say: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exercises.exercise.Exercise.seconds", 5)
    say("start", "q-target")
    answer(tmp_path / "my", "while True: pass")
    status, printed = say("check", "q-target")
    assert status == 1 and "no end after 5 seconds: an endless loop?" in printed
    monkeypatch.setattr("exercises.exercise.Exercise.seconds", 0.01)
    assert "0.01초가 지나도 끝나지 않습니다" in say("check", "q-target", language="ko")[1]


def test_what_a_file_prints_is_no_grade(say: Any, tmp_path: Path) -> None:
    """Not even lines that look like the grader's."""
    say("start", "q-target")
    noise = 'print("null"); print("[[1, 2], [3")\n'
    (tmp_path / "my" / Q.file).write_text(Q.with_code(Q.mistakes[0].code) + noise, encoding="utf-8")
    assert Q.mistakes[0].en in say("check", "q-target")[1]


@pytest.mark.parametrize(
    ("printed", "why"),
    [(b"", ""), (b"a\nb\n", "b"), (b"Fatal Python error: Aborted\n\nExtension modules: numpy\n", "Fatal Python error")],
)
def test_why_python_ended_is_the_line_that_says_so(printed: bytes, why: str) -> None:
    assert last_words(printed).startswith(why) and ("\n" not in last_words(printed))


def test_a_teacher_checks_folders_as_json(say: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exercises.__main__.catalogue", lambda: [Q])
    monkeypatch.setattr("exercises.__main__.bugs", lambda: [bug for bug in bugs() if bug.name == "bug-edge"])
    for name in ("anna", "ben"):
        (tmp_path / name).mkdir()
    (tmp_path / "anna" / Q.file).write_text(Q.source, encoding="utf-8")
    folders = [str(tmp_path / name) for name in ("anna", "ben")]
    status, printed = say("check", "--all", "--json", "--student", *folders)
    passed = {(Path(each["student"]).name, each["exercise"]): each["passed"] for each in json.loads(printed)}
    assert status == 1
    assert passed == {
        (who, what): (who, what) == ("anna", "q-target") for who in ("anna", "ben") for what in ("q-target", "bug-edge")
    }
    status, printed = say("check", "--all", "--student", *folders)
    assert status == 1 and f"{folders[0]}: 1 of 2" in printed and f"{folders[1]}: 0 of 2" in printed


def test_a_file_is_named_as_it_is_found_from_the_current_folder(
    say: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path.resolve() / "my" / "q_target.py"
    (tmp_path / "elsewhere").mkdir()
    for here, named in ((tmp_path, "my/q_target.py"), (tmp_path / "elsewhere", str(file))):
        monkeypatch.chdir(here)
        assert f" of {named}, then say" in say("start", "q-target")[1]
        assert file.samefile(named)
        file.unlink()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["start", "nothing"], "there is no exercise 'nothing'"),
        (["check", "q-target"], r"q_target\.py is not there; python -m exercises start q-target writes it"),
        (["check"], "name one exercise to check, or say --all"),
        (["check", "--all", "--student", "anna"], "there is no folder .*anna; --student takes one for each"),
        (["check", "q-target", "--all"], "name one exercise to check, or say --all"),
        (["hint"], "name the exercise"),
        (["list", "--json"], "--all and --json belong to check"),
        (["list", "q-target"], "did you mean start q-target"),
        (["start", "q-target", "--student", "a", "b"], "start takes one folder, not 2"),
    ],
)
def test_bad_input_is_one_line(say: Any, words: list[str], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        say(*words)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("assert 3.3 == 2.85 ± 2.8e-06", "yours gives 3.3; it should be 2.85"),
        ("assert np.float32(2.9) == 1.0\n  Obtained: 2.8999993\n  Expected: 1.0", "yours gives 2.9; it should be 1"),
        ("AssertionError: \n\n [4, 0]: 0.57 (ACTUAL), 0.5 (DESIRED)", "yours gives 0.57; it should be 0.5"),
        ("AssertionError: \nassert all of them", "assert all of them"),
    ],
)
def test_what_a_comparison_found_and_wanted_is_said_in_words(reason: str, told: str) -> None:
    assert gist(reason, "en") == told
