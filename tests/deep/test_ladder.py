"""The ladder of chapters: what comes next differs in its lesson only, and every chapter fits on two screens."""

import ast
import difflib
import importlib
import re
from dataclasses import fields
from pathlib import Path
from types import ModuleType

from deep import actor_critic, dqn, policy_gradient, q_actor_critic, reinforce, reinforce_baseline

import pytest

CHAPTERS = sorted((Path(__file__).resolve().parents[2] / "deep").glob("[a-z]*.py"))
AGENTS = {
    reinforce: "Reinforce",
    reinforce_baseline: "ReinforceBaseline",
    actor_critic: "ActorCritic",
    q_actor_critic: "QActorCritic",
}


def code_lines(module: ModuleType) -> list[str]:
    """The lines of a chapter without docstrings, comments and blank lines."""
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    text: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            text |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(source.splitlines(), start=1)
    return [line.strip() for number, line in lines if number not in text and line.strip() and line.strip()[0] != "#"]


# How many lines of the upper chapter are not in the lower one, its own name aside
LADDER = [
    (policy_gradient, reinforce, 5),
    (reinforce, reinforce_baseline, 16),
    (reinforce_baseline, actor_critic, 18),
    (actor_critic, q_actor_critic, 16),
]


@pytest.mark.parametrize(("lower", "upper", "most"), LADDER)
def test_consecutive_rungs_differ_in_their_lesson_only(lower: ModuleType, upper: ModuleType, most: int) -> None:
    before, after = code_lines(lower), code_lines(upper)
    names = (AGENTS[upper], upper.__name__.rpartition(".")[2])
    added = [line[2:] for line in difflib.ndiff(before, after) if line.startswith("+ ")]
    lesson = [line for line in added if not re.search(rf"class {names[0]}\(|agent: {names[0]}\b|{names[1]}\"", line)]
    assert len(lesson) <= most, lesson


@pytest.mark.parametrize(("lower", "upper"), [pair[:2] for pair in LADDER])
def test_options_of_the_same_name_mean_the_same_and_the_lesson_names_the_others(
    lower: ModuleType, upper: ModuleType
) -> None:
    before, after = ({field.name for field in fields(module.Options)} for module in (lower, upper))
    new = {
        reinforce: {"discount_states"},
        reinforce_baseline: {"critic_learning_rate"},
        q_actor_critic: {"advantage"},
    }
    gone = {reinforce_baseline: {"discount_states"}, actor_critic: {"episodes_per_update"}}
    assert after - before == new.get(upper, set())
    assert before - after == gone.get(upper, set())


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_about_150_lines_at_most_and_its_algorithm_begins_on_the_first_two_screens(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 160
    begins = next(number for number, line in enumerate(lines, start=1) if re.match(r"class \w+\((?!.*Options\))", line))
    assert begins <= 80


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_network_is_described_twice(path: Path) -> None:
    """A chapter says its layers in Keras; the copy that acts is derived from the model."""
    text = path.read_text(encoding="utf-8")
    assert "np.dot" not in text and "TensorSpec" not in text
    assert not re.search(r"(?<!optimizer)\.build\(", text)


OF_DQN: dict[str, set[str]] = {
    "double_dqn": set(),
    "dueling_dqn": set(),
    "prioritised_dqn": {"alpha", "beta", "beta_steps"},
    "n_step_dqn": {"n_step"},
}


@pytest.mark.parametrize("chapter", OF_DQN)
def test_what_follows_dqn_has_its_options_and_defaults_but_for_the_lesson(chapter: str) -> None:
    plain, other = vars(dqn.Options()), vars(importlib.import_module(f"deep.{chapter}").Options())
    assert {name for name in plain | other if plain.get(name, plain) != other.get(name, plain)} == OF_DQN[chapter]
