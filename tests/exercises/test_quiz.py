"""The quizzes: what they hold, that their numbers are so, and how one is played."""

import io
import re
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.options import launch, parse
from deep.parts.returns import discounted_returns, td_errors
from dp.parts.exact import optimal_values
from dp.value_iteration import Options as Planning
from dp.value_iteration import ValueIteration
from exercises.__main__ import Options, main
from exercises.exercise import ROOT, catalogue
from exercises.quiz import SENTENCES, Answer, Question, quizzes
from gridworld import MDP, GridWorld
from tabular.batch_td import BatchTable
from tabular.batch_td import Options as Batch

import numpy as np
import pytest

QUIZZES = {quiz.name: quiz for quiz in quizzes()}
EACH = pytest.mark.parametrize("name", QUIZZES)
QUESTIONS = {f"{quiz.name}/{each.name}": each for quiz in QUIZZES.values() for each in quiz.questions}
TWO_CELLS = GridWorld.load("two-cells").mdp()


def right(question: Question) -> int:
    """The number of the right answer."""
    return next(at for at, answer in enumerate(question.answers, start=1) if answer.right)


def test_every_page_has_its_quiz() -> None:
    pages = ["gridworld/README.md", "dp/README.md", "tabular/README.md", *["deep/README.md"] * 2, "deep/control.md"]
    assert list(QUIZZES) == ["worlds", "dp", "tabular", "values", "policies", "control"]
    assert [quiz.page for quiz in QUIZZES.values()] == pages
    assert all((ROOT / quiz.page_in(language)).is_file() for quiz in QUIZZES.values() for language in ("en", "ko"))
    assert not {f"quiz {name}" for name in QUIZZES} & {exercise.name for exercise in catalogue()}


@EACH
def test_questions_and_answers_are_whole_in_both_languages(name: str) -> None:
    questions = QUIZZES[name].questions
    assert 4 <= len(questions) <= 8 and len({question.name for question in questions}) == len(questions)
    for question in questions:
        assert question.en.endswith("?") and question.ko.endswith("?")
        assert 3 <= len(question.answers) <= 4 and sum(answer.right for answer in question.answers) == 1
        for language in ("en", "ko"):
            assert len({answer.text(language) for answer in question.answers}) == len(question.answers)
            for answer in question.answers:
                assert answer.text(language) and bool(answer.why(language)) != answer.right
    places = [right(question) for question in questions]
    assert {1, 2, 3} <= set(places) and max(places.count(place) for place in places) <= len(places) / 2


def test_korean_is_spoken_as_on_the_pages() -> None:
    spelled = runpy.run_path(str(ROOT / "tests" / "test_korean.py"))["NOT_USED"]
    for question in QUESTIONS.values():
        texts = [question.ko, *(text for each in question.answers for text in (each.ko, each.why_ko))]
        for text in texts:
            assert [instead for pattern, instead in spelled.items() if re.search(pattern, text)] == [], text
            assert [each for each in re.findall(r"[가-힣]+다\.", text) if not each.endswith("니다.")] == [], text
        assert question.ko.endswith("니까?")
        assert not re.search(r"[가-힣]", question.en + "".join(each.en + each.why_en for each in question.answers))


def wave() -> float:
    planner = ValueIteration(GridWorld.load("course").mdp(), Planning(discount=0.9))
    changes = [planner.sweep() for _ in range(4)]
    assert changes[:3] == pytest.approx([1, 0.9, 0.81])
    return changes[3]


def batch() -> float:
    table = BatchTable(np.ones((2, 1)), Batch(discount=1))
    table.remember([(0, 0, 1, 1), (1, 0, 1, 0)])
    for reward in [1] * 6 + [0]:
        table.remember([(1, reward, 1, 0)])
    table.settle()
    return table.table[0]


def near_or_far() -> float:
    """The start of the map on which the near goal is three moves away and the far one five."""
    mdp = GridWorld.load("discount").with_rules(slip=0).mdp()
    assert mdp.start is not None
    return float(mdp.start @ optimal_values(mdp, 0.2))


def dueling() -> tuple[float, ...]:
    advantage = np.array([3.0, 1.0])
    return tuple(5 + advantage - advantage.mean())


def softly() -> float:
    target = 0.0
    for _ in range(2):
        target = 0.01 * 1 + 0.99 * target
    return target


def age() -> float:
    """The mean age of the gradients of three learners that hand in one after the other."""
    taken, ages = [0, 0, 0], []
    for updates, learner in enumerate([0, 1, 2] * 100):
        ages.append(updates - taken[learner])
        taken[learner] = updates + 1
    return float(np.mean(ages[3:]))


ENDS = MDP([[[0]]], [[[1.0]]], [[[1.0]]], [[[True]]])
COMPUTED: dict[str, Callable[[], Any]] = {
    "worlds/return": lambda: sum(0.5**t * (t % 2 == 0) for t in range(100)),
    "worlds/action-value": lambda: TWO_CELLS.action_values(np.array([-0.25, -0.75]), 0.5)[0, 3],
    "worlds/epsilon": lambda: 1 - 0.4 + 0.4 / 4,
    "worlds/bound": lambda: sum(0.9**t for t in range(1000)),
    "dp/terminal": lambda: ENDS.action_values(np.array([5.0]), 0.9)[0, 0],
    "dp/wave": wave,
    "dp/missing": lambda: sum(0.01 * 0.9**sweep for sweep in range(1, 1000)),
    "dp/near-goal": near_or_far,
    "dp/size": lambda: GridWorld.random(100, 0).mdp().n_states / GridWorld.random(10, 0).mdp().n_states,
    "tabular/sarsa": lambda: 1 + 0.9 * 3,
    "tabular/two-state": batch,
    "tabular/ratio": lambda: (1 / 0.25) ** 2,
    "values/double": lambda: 1 + 0.99 * np.array([10, 20])[np.argmax([30, 5])],
    "values/dueling": dueling,
    "policies/reward-to-go": lambda: discounted_returns([1, 2, 3], 0.5)[1],
    "policies/td-error": lambda: td_errors([1], [5], [6], [False], 0.9)[0],
    "control/clip": lambda: min(1.5 * 2, np.clip(1.5, 0.8, 1.2) * 2),
    "control/soft-update": softly,
    "control/age": age,
}
NUMBER = re.compile(r"(?<![\w(.])-?\d+(?:\.\d+)?")


def numbers(text: str) -> list[float]:
    return [float(found) for found in NUMBER.findall(text)]


def test_the_number_of_a_right_answer_is_computed() -> None:
    answers = {name: question.answers[right(question) - 1] for name, question in QUESTIONS.items()}
    assert {name for name, answer in answers.items() if numbers(answer.en) or numbers(answer.ko)} == set(COMPUTED)
    for name, compute in COMPUTED.items():
        wanted = np.atleast_1d(compute())
        for text in (answers[name].en, answers[name].ko):
            assert numbers(text) == pytest.approx(list(wanted), abs=5e-4 if name == "worlds/return" else 1e-9), name


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("dp/terminal", {5.5: 1 + 0.9 * 5, 0.9: 0.9 * 1}),
        ("dp/missing", {0.1: 0.01 / (1 - 0.9), 0.009: 0.01 * 0.9}),
        ("dp/near-goal", {0.016: 10 * 0.2**4, 0.008: 0.2**3}),
        ("tabular/sarsa", {4.6: 1 + 0.9 * 4, 4.15: 1 + 0.9 * 3.5}),
        ("tabular/two-state", {0.857: 6 / 7, 0.375: 0.75 / 2}),
        ("values/double", {20.8: 1 + 0.99 * 20, 30.7: 1 + 0.99 * 30, 5.95: 1 + 0.99 * 5}),
        ("policies/reward-to-go", {2.75: 1 + 0.5 * 2 + 0.25 * 3, 1.75: 0.5 * 3.5, 5: 2 + 3}),
        ("policies/td-error", {6.4: 1 + 0.9 * 6, 2: 1 + 6 - 5}),
        ("control/clip", {3: 1.5 * 2, 1.6: 0.8 * 2}),
        ("control/soft-update", {0.02: 2 * 0.01, 0.9801: 0.99**2}),
    ],
)
def test_a_wrong_number_comes_from_the_mistake_that_its_reason_names(name: str, wrong: dict[float, float]) -> None:
    given = {number for answer in QUESTIONS[name].answers if not answer.right for number in numbers(answer.en)}
    assert set(wrong) <= given
    assert list(wrong) == pytest.approx(list(wrong.values()), abs=5e-4)


class Typed(io.StringIO):
    """A terminal at which these lines are typed, and then Ctrl-D, or Ctrl-C."""

    def __init__(self, lines: list[str], terminal: bool = True, interrupt: bool = False) -> None:
        super().__init__("".join(f"{line}\n" for line in lines))
        self.terminal, self.interrupt = terminal, interrupt

    def isatty(self) -> bool:
        return self.terminal

    def readline(self, size: int | None = -1, /) -> str:
        line = super().readline()
        if not line and self.interrupt:
            raise KeyboardInterrupt
        return line


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Say a command while lines are typed; gives the exit status and what was printed."""

    def command(*words: str, typed: io.StringIO, language: str = "en") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", typed)
        status = main(parse(Options, ["quiz", *words, "--student", str(tmp_path / "my"), "--language", language]))
        return status, capsys.readouterr().out

    yield command


@pytest.mark.parametrize("language", ["en", "ko"])
@EACH
def test_who_knows_everything_has_every_point(say: Any, name: str, language: str) -> None:
    quiz = QUIZZES[name]
    typed = [str(right(question)) for question in quiz.questions]
    status, printed = say(name, typed=Typed(typed), language=language)
    count = len(typed)
    score = SENTENCES[language]["score"].format(right=count, asked=count, page=quiz.page_in(language))  # type: ignore[arg-type]
    assert status == 0 and printed.endswith(score + "\n")
    assert printed.count(SENTENCES[language]["right"] + "\n") == count
    assert f"{count}/{count}  {name} " in say(typed=Typed([]), language=language)[1]


@EACH
def test_a_wrong_answer_is_told_why_and_tried_again(say: Any, name: str) -> None:
    def every(question: Question) -> list[tuple[str, Answer]]:
        return [(str(at), answer) for at, answer in enumerate(question.answers, start=1)]

    questions = QUIZZES[name].questions
    typed = [at for each in questions for at, answer in sorted(every(each), key=lambda pair: pair[1].right)]
    status, printed = say(name, typed=Typed(typed))
    assert status == 0 and f"\n0 of {len(questions)} right at once" in printed
    for question in questions:
        assert all(f"No. {answer.why_en}\n" in printed for answer in question.answers if not answer.right)
    assert printed.count("Right.\n") == len(questions)


def test_enter_goes_on_and_what_is_no_answer_is_asked_again(say: Any) -> None:
    first = QUIZZES["dp"].questions[0]
    status, printed = say("dp", typed=Typed(["x", "0", "9", "²", "", str(right(QUIZZES["dp"].questions[1]))]))
    assert status == 0 and printed.count(f"Type a number from 1 to {len(first.answers)}.") == 4
    assert printed.endswith("\n1 of 2 right at once; it is all on the page dp/README.md\n")
    assert "-/8  dp " in say(typed=Typed([]))[1], "a quiz that was not played to its end leaves the list as it was"


@pytest.mark.parametrize(("interrupt", "status"), [(False, 0), (True, 130)])
def test_the_end_of_the_input_and_ctrl_c_are_quiet(
    say: Any, capsys: pytest.CaptureFixture[str], interrupt: bool, status: int
) -> None:
    answer = str(right(QUIZZES["tabular"].questions[0]))
    ended, printed = say("tabular", typed=Typed([answer], interrupt=interrupt))
    assert ended == status and printed.endswith("\n1 of 1 right at once; it is all on the page tabular/README.md\n")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("language", ["en", "ko"])
@EACH
def test_where_nobody_answers_it_is_a_sheet(say: Any, name: str, language: str) -> None:
    status, printed = say(name, typed=Typed([], terminal=False), language=language)
    quiz = QUIZZES[name]
    assert status == 0
    for question in quiz.questions:
        assert (question.ko if language == "ko" else question.en) in printed
        for at, answer in enumerate(question.answers, start=1):
            assert f"   {at}  {answer.text(language)}\n" in printed
            assert not answer.why(language) or answer.why(language) not in printed
    assert not any(SENTENCES[language][each] in printed.splitlines() for each in ("right", "begin"))


def test_answers_may_come_through_a_pipe(say: Any) -> None:
    typed = [str(right(question)) for question in QUIZZES["dp"].questions]
    assert "\n8 of 8 right at once" in say("dp", typed=Typed(typed, terminal=False))[1]


def test_a_quiz_that_is_not_there_is_one_line(say: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    with pytest.raises(UserError, match="there is no quiz 'nothing', but worlds, dp, tabular"):
        say("nothing", typed=Typed([]))
    with pytest.raises(UserError, match="--all and --json belong to check"):
        say("dp", "--json", typed=Typed([]))
    monkeypatch.setattr("sys.argv", ["exercises", "quiz", "nothing"])
    with pytest.raises(SystemExit) as ended:
        launch(main, Options)
    assert ended.value.code == 2 and len(capsys.readouterr().err.splitlines()) == 1


def test_the_sentences_are_there_in_both_languages() -> None:
    assert SENTENCES["en"].keys() == SENTENCES["ko"].keys()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_page_says_how_to_play_its_quiz(language: Any) -> None:
    for quiz in QUIZZES.values():
        text = (ROOT / quiz.page_in(language)).read_text(encoding="utf-8")
        assert f"python -m exercises quiz {quiz.name}`" in text, quiz.name
        said = {"en": {7: "seven questions", 8: "eight questions"}, "ko": {7: "일곱 문제", 8: "여덟 문제"}}
        assert (
            quiz.page == "deep/README.md" or said[language][len(quiz.questions)] in text.split(f"quiz {quiz.name}`")[1]
        )
