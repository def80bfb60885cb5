"""Every exercise: the chapter's own line passes, the blank fails, and each typical mistake fails in its own way."""

import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from exercises.exercise import ROOT, Exercise, catalogue, statement_under
from exercises.grade import fails_alike, run

import pytest

EXERCISES = catalogue()
EACH = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
IN_A_SECOND = ("q-target", "evaluation-backup")
GRADED = [
    pytest.param(each, id=each.name, marks=() if each.name in IN_A_SECOND else pytest.mark.slow) for each in EXERCISES
]


@pytest.mark.parametrize("exercise", GRADED)
def test_the_answer_passes_and_each_mistake_fails_in_its_own_way(exercise: Exercise, tmp_path: Path) -> None:
    texts = [exercise.blank, *(exercise.with_code(mistake.code) for mistake in exercise.mistakes), exercise.source]
    files = [tmp_path / f"{number}.py" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    graded, ended = run(exercise, files, 600)
    assert len(graded) == len(texts), ended
    *wrong, right = graded
    assert right is None, "the shipped line passes"
    assert all(wrong), "the blank and the mistakes fail"
    assert {case.test for case in exercise.cases} <= {test.partition("[")[0] for test, _ in wrong[0]} | {
        test for test, _ in wrong[0]
    }, "every case tries the line"
    for first, second in combinations(wrong, 2):
        assert not fails_alike(first, second)


@EACH
def test_it_stands_under_its_equation_and_has_its_words(exercise: Exercise) -> None:
    assert exercise.answer and exercise.blank != exercise.source
    assert exercise.blank.count("raise NotImplementedError") == exercise.source.count("raise NotImplementedError") + 1
    assert 2 <= len(exercise.mistakes) <= 4 and exercise.cases
    assert all(mistake.code.strip() != exercise.answer for mistake in exercise.mistakes)
    sentences = [*exercise.cases, *exercise.mistakes]
    english = [each.en for each in sentences] + list(vars(exercise.words["en"]).values())
    korean = [each.ko for each in sentences] + list(vars(exercise.words["ko"]).values())
    assert all(english) and not re.search("[가-힣]", " ".join(english))
    assert all(re.search("[가-힣]", each) for each in korean)
    for file, _, name in (case.test.partition("::") for case in exercise.cases):
        assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text(encoding="utf-8"), name
    page = exercise.words["en"].read.partition(",")[0].partition(";")[0].rstrip(".")
    assert (ROOT / page).is_file(), page


def test_no_two_have_one_place_in_the_list_and_every_lecture_has_some() -> None:
    assert len({exercise.order for exercise in EXERCISES}) == len(EXERCISES)
    assert {exercise.chapter.partition("/")[0] for exercise in EXERCISES} == {"dp", "tabular", "deep"}


def test_a_moved_comment_says_which_exercise_lost_its_place() -> None:
    exercise = replace(next(each for each in EXERCISES if each.name == "q-target"))
    vars(exercise)["source"] = exercise.source.replace("max_a'", "max_b'")
    with pytest.raises(ValueError, match=r"^exercise q-target has lost its place in tabular/q_learning.py: 0 comments"):
        _ = exercise.answer


SOURCE = """if True:
    # x = 1      the first
    x = (
        1
    )
    # y = 2
    for y in (2,):
        pass
"""


def test_the_statement_is_the_one_under_the_comment_with_all_its_lines() -> None:
    statement = statement_under(SOURCE, "x = 1")
    assert (statement.first, statement.last, statement.text(SOURCE)) == (3, 5, "x = (\n    1\n)")
    replaced = statement.replaced(SOURCE, "a = 0\nx = a")
    assert replaced.splitlines()[2:4] == ["    a = 0", "    x = a"] and len(replaced.splitlines()) == 7
    for equation, complaint in (("y = 2", "no simple statement"), ("z = 3", "0 comments")):
        with pytest.raises(ValueError, match=complaint):
            statement_under(SOURCE, equation)
