"""Every bug: the planted file fails, the mended one passes; and how a student hunts."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.options import parse
from exercises.__main__ import Options, main
from exercises.bugs import Bug, bugs, find, function_at, line_that_reads
from exercises.exercise import ROOT, catalogue
from exercises.grade import run

import pytest

BUGS = {bug.name: bug for bug in bugs()}
EACH = pytest.mark.parametrize("bug", BUGS.values(), ids=lambda bug: bug.name)
EDGE = BUGS["bug-edge"]
IN_A_SECOND = ("bug-timid",)


GRADED = [name for name, bug in BUGS.items() if not bug.chapter.startswith("deep/") or bug.line]
"""without those that plant a mistake of an exercise on a network: test_catalogue.py grades it, in half a minute each"""


def marked(names: Any, quick: tuple[str, ...]) -> list[Any]:
    """The bugs of these names; all but the quick ones are slow tests."""
    return [pytest.param(BUGS[name], id=name, marks=() if name in quick else pytest.mark.slow) for name in names]


@pytest.mark.parametrize("bug", marked(GRADED, IN_A_SECOND))
def test_the_planted_file_fails_in_every_case_and_the_mended_one_passes(bug: Bug, tmp_path: Path) -> None:
    files = [tmp_path / "planted.py", tmp_path / "mended.py"]
    for file, text in zip(files, (bug.blank, bug.source), strict=True):
        file.write_text(text, encoding="utf-8")
    (planted, mended), ended = run(bug, files, 600)
    assert planted and mended is None, ended


@EACH
def test_one_line_differs_from_the_chapter_and_its_equation_stands(bug: Bug) -> None:
    chapter, planted = bug.source.splitlines(), bug.blank.splitlines()
    assert [line for line in chapter if line.strip().startswith("#")] == [
        line for line in planted if line.strip().startswith("#")
    ]
    at = [number for number, line in enumerate(planted, 1) if bug.is_at(number)]
    first = bug.statement.first
    assert at == list(range(first, first + len(bug.planted.splitlines())))
    assert chapter[: first - 1] == planted[: first - 1]
    assert chapter[bug.statement.last :] == planted[at[-1] :] and bug.planted != bug.answer
    compile(bug.blank, bug.file, "exec")


@EACH
def test_it_has_its_words_and_its_page_in_both_languages(bug: Bug) -> None:
    for language, korean in (("en", False), ("ko", True)):
        told = bug.told[language]
        sentences = [bug.words[language].title, told.symptom, told.wrong, *bug.hints(language)]
        assert all(bool(re.search("[가-힣]", sentence)) == korean for sentence in sentences)
        for page in re.findall(r"[\w/-]+(?:\.ko)?\.md", bug.words[language].read):
            assert (ROOT / page).is_file() and (".ko." in page) == korean
        for number in re.findall(r"not-learn(?:\.ko)?\.md(?:, number |의 )(\d+)", bug.words[language].read):
            page = "my-agent-does-not-learn.ko.md" if korean else "my-agent-does-not-learn.md"
            assert f"\n### {number}. " in (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert function_at(bug.source, bug.statement.first) in bug.hints("en")[2]


@EACH
def test_what_is_not_graded_here_is_graded_as_a_mistake_of_its_exercise(bug: Bug) -> None:
    alike = [each for each in catalogue() if each.equation == bug.equation and each.chapter == bug.chapter]
    assert bug.name in GRADED or (bug.planted, bug.cases) in [
        (mistake.code, exercise.cases) for exercise in alike for mistake in exercise.mistakes
    ]


def test_there_are_at_least_ten_of_tables_and_of_networks() -> None:
    assert len(BUGS) >= 10 and len({bug.order for bug in BUGS.values()}) == len(BUGS)
    assert {bug.chapter.partition("/")[0] for bug in BUGS.values()} == {"dp", "tabular", "deep"}


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Say a command about a student's folder; gives the exit status and what was printed."""

    def command(*words: str, language: str = "en") -> tuple[int, str]:
        status = main(parse(Options, [*words, "--student", str(tmp_path / "my"), "--language", language]))
        return status, capsys.readouterr().out

    return command


def test_from_the_symptom_to_the_tick(say: Any, tmp_path: Path) -> None:
    status, printed = say("start", "bug-edge")
    file = tmp_path / "my" / "bug_edge.py"
    assert status == 0 and EDGE.told["en"].symptom in printed and f"python {file} {EDGE.run}" in printed
    assert file.read_text(encoding="utf-8") == EDGE.blank and "NotImplementedError" not in EDGE.blank
    assert EDGE.told["ko"].symptom not in printed and EDGE.planted not in printed

    line = EDGE.statement.first
    for number, status, told in ((line - 1, 1, "is not wrong"), (line + 1, 1, "is not wrong"), (line, 0, "the one")):
        found, printed = say("check", "bug-edge", "--line", str(number))
        assert found == status and told in printed and EDGE.planted not in printed
    assert "맞습니다" in say("check", "bug-edge", "--line", str(line), language="ko")[1]

    status, printed = say("check", "bug-edge")
    assert status == 1 and EDGE.cases[0].en in printed and "yours gives 3.3; it should be 2.85" in printed
    assert EDGE.told["en"].wrong not in printed, "what is wrong is the student's to find"
    with pytest.raises(UserError, match="first let it pass"):
        say("diff", "bug-edge")
    mended = "best = agent.table[next_state][next_action]\ntarget = reward + (1 - terminated) * agent.discount * best"
    file.write_text(EDGE.with_code(mended), encoding="utf-8")
    status, printed = say("check", "bug-edge")
    assert status == 0 and printed.startswith("+ bug-edge: mended")
    assert "[x] bug-edge" in say("list")[1]
    printed = say("diff", "bug-edge")[1]
    assert all(text in printed for text in (EDGE.planted, EDGE.answer, EDGE.told["en"].wrong))


def test_a_path_with_a_space_is_quoted_where_it_is_to_be_typed() -> None:
    assert f'python "my folder/bug_edge.py" {EDGE.run}' in EDGE.task("my folder/bug_edge.py", "en")
    assert f"python my/bug_edge.py {EDGE.run}" in EDGE.task("my/bug_edge.py", "en")


def test_hints_lead_from_the_page_to_the_function(say: Any) -> None:
    assert EDGE.hints("en")[2] == "The line is in train."
    assert BUGS["bug-splendid-loss"].hints("en")[2] == "The line is in DQN.learn."
    for count in (1, 2, 3, 3):
        printed = say("hint", "bug-edge")[1]
        assert [hint in printed for hint in EDGE.hints("en")] == [number < count for number in range(3)]


def test_the_list_has_the_bugs_under_a_heading_of_their_own(say: Any) -> None:
    for language, heading in (("en", "Find the bug"), ("ko", "버그 찾기")):
        before, _, after = say("list", language=language)[1].partition(f"\n\n{heading}")
        assert "bug-" not in before
        assert re.findall(r"^\[ \] (\S+)", after, re.MULTILINE) == list(BUGS)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["start", "bug-nothing"], "there is no exercise 'bug-nothing'"),
        (["check", "bug-edge", "--line", "1000"], "and no line 1000"),
        (["check", "q-target", "--line", "3"], "q-target is none; line 3 is yours to write"),
        (["check", "--line", "3"], "name one exercise to check"),
        (["check", "--all", "--line", "3"], "--line belongs to the check of one bug"),
        (["check", "bug-edge", "--line", "3", "--json"], "--line belongs to the check of one bug"),
        (["hint", "bug-edge", "--line", "3"], "--line belongs to the check of one bug"),
    ],
)
def test_bad_input_is_one_line(say: Any, words: list[str], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        say(*words)


def test_a_chapter_that_changed_says_which_bug_lost_its_place() -> None:
    bug = replace(BUGS["bug-splendid-loss"], line="if step % 3 == 0:")
    with pytest.raises(ValueError, match=r"^bug-splendid-loss has lost its place in deep/dqn.py: 0 lines read"):
        _ = bug.statement
    with pytest.raises(ValueError, match="2 lines read 'a = 1', not one"):
        line_that_reads("a = 1\nif a:\n    a = 1\n", "a = 1")
    assert find("bug-edge") == EDGE and find("q-target").name == "q-target"


@pytest.mark.parametrize(("language", "page"), [("en", "README.md"), ("ko", "README.ko.md")])
def test_the_page_shows_what_is_said(
    language: str, page: str, say: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("exercises.__main__.ROOT", tmp_path.resolve())
    monkeypatch.chdir(tmp_path)
    printed = say("start", "bug-edge", language=language)[1]
    printed += say("check", "bug-edge", "--line", "31", language=language)[1]
    assert f"```\n{printed}```\n" in (ROOT / "exercises" / page).read_text(encoding="utf-8")
