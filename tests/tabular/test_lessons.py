"""What a chapter may be: short, its algorithm in sight, and different from the one before it by its lesson alone."""

import ast
import dataclasses
import difflib
import importlib
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "tabular"
CHAPTERS = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
OURS = ("common", "gridworld", "dp", "tabular")

# (a chapter, one that follows it): (lines of the algorithm's code that go, lines that come) at most
LESSONS = {
    ("monte_carlo_prediction", "monte_carlo_control"): (9, 14),
    ("monte_carlo_control", "monte_carlo_off_policy_control"): (13, 20),
    ("monte_carlo_prediction", "monte_carlo_off_policy"): (6, 15),
    ("monte_carlo_prediction", "td_prediction"): (17, 2),
    ("td_prediction", "sarsa"): (4, 6),
    ("sarsa", "q_learning"): (2, 2),
    ("q_learning", "expected_sarsa"): (1, 1),
    ("q_learning", "double_q_learning"): (2, 27),
    ("q_learning", "dyna_q"): (0, 27),
    ("dyna_q", "dyna_q_plus"): (34, 19),
    ("dyna_q", "prioritised_sweeping"): (23, 35),
    ("sarsa", "sarsa_lambda"): (1, 28),
    ("td_prediction", "n_step_td"): (2, 15),
    ("td_prediction", "batch_td"): (2, 37),
    ("sarsa", "n_step_sarsa"): (2, 16),
    ("td_prediction", "td_lambda"): (1, 25),
}
# Defaults that the lesson changes: the mean of all returns is Monte Carlo's, a constant step size everyone else's.
CHANGED_DEFAULTS = {
    ("monte_carlo_prediction", "monte_carlo_control"): {"step_size", "step_size_decay", "epsilon"},
    ("monte_carlo_prediction", "td_prediction"): {"step_size", "step_size_decay"},
    ("monte_carlo_prediction", "monte_carlo_off_policy"): {"step_size", "step_size_decay", "policy"},
    ("td_prediction", "sarsa"): {"epsilon"},
    ("td_prediction", "batch_td"): {"episodes", "step_size"},
    ("dyna_q", "dyna_q_plus"): {"model"},
    ("dyna_q", "prioritised_sweeping"): {"step_size"},
}


def source(chapter: str) -> str:
    return (FOLDER / f"{chapter}.py").read_text(encoding="utf-8")


def algorithm(chapter: str) -> list[str]:
    """The code of a chapter's loop and of what its agent adds to a table, a line a statement, without docstrings."""
    lines: list[str] = []
    tree = ast.parse(source(chapter))
    # What the agent is called is no part of the lesson.
    tables = [node.name for node in tree.body if isinstance(node, ast.ClassDef)] + ["ActionTable", "StateTable"]
    for part in tree.body:
        if isinstance(part, ast.FunctionDef) and part.name != "train":
            continue
        if not isinstance(part, ast.FunctionDef | ast.ClassDef) or part.name == "Options":
            continue
        for node in ast.walk(part):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
        lines += re.sub("|".join(tables), "Table", ast.unparse(part)).splitlines()
    return lines


def difference(first: str, second: str) -> tuple[int, int]:
    """(lines that go, lines that come) from one chapter's algorithm to the other's."""
    changes = [line[0] for line in difflib.ndiff(algorithm(first), algorithm(second))]
    return changes.count("-"), changes.count("+")


@pytest.mark.parametrize("pair", LESSONS, ids=" -> ".join)
def test_the_difference_between_two_chapters_is_the_lesson(pair: tuple[str, str]) -> None:
    assert difference(*pair) == LESSONS[pair]


@pytest.mark.parametrize("pair", LESSONS, ids=" -> ".join)
def test_two_chapters_have_the_same_options_and_defaults(pair: tuple[str, str]) -> None:
    first, second = (importlib.import_module(f"tabular.{name}").Options() for name in pair)
    shared = {field.name for field in dataclasses.fields(first)} & {field.name for field in dataclasses.fields(second)}
    changed = {name for name in shared if getattr(first, name) != getattr(second, name)}
    assert changed == CHANGED_DEFAULTS.get(pair, set())


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_short_and_its_algorithm_is_in_sight(chapter: str) -> None:
    text = source(chapter)
    assert text.count("\n") <= 120
    imports, first = 0, None
    for part in ast.parse(text).body:
        if isinstance(part, ast.ImportFrom) and part.module and part.module.split(".")[0] in OURS:
            # What draws the book's figures stands below the algorithm and is no part of it.
            imports += len(part.names) * ("textbook" not in part.module and part.module != "common.figures")
        if first is None and isinstance(part, ast.FunctionDef | ast.ClassDef) and part.name != "Options":
            first = part.lineno
    assert imports <= 11
    assert first is not None and first <= 60


def test_every_chapter_is_part_of_a_lesson() -> None:
    assert {name for pair in LESSONS for name in pair} == set(CHAPTERS) - {"bandit", "cliff_walking"}
