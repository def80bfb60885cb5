"""docs/my-agent-does-not-learn.md: every symptom shows itself when its command is run, and every remedy helps."""

import csv
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests.claims.running import ROOT, run_here

import numpy as np
import pytest

ENGLISH, KOREAN = (
    (ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in ("my-agent-does-not-learn.md", "my-agent-does-not-learn.ko.md")
)
SYMPTOMS = [re.split(r"^### (?=\d+\.)", page, flags=re.MULTILINE)[1:] for page in (ENGLISH, KOREAN)]
PARTS = (
    ("Seen.", "Causes.", "Told apart by", "Remedy."),
    ("증상.", "원인.", "가려내기.", "고치기."),
)


@pytest.fixture(autouse=True)
def in_an_empty_folder_without_a_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def says(number: int, *parts: str) -> None:
    """Both pages have these words, numbers or commands under that symptom."""
    for part in parts:
        for symptoms in SYMPTOMS:
            assert part in symptoms[number - 1], f"{number}: {part}"


def said_by(number: int, command: str) -> str:
    says(number, f"`{command}`")
    return run_here(command)


def worth(said: str) -> str:
    [found] = re.findall(r"value of the start, exact: (\S+) under", said)
    return str(found)


def earned(said: str) -> float:
    [found] = re.findall(r"mean return of the last 100 episodes (\S+)", said)
    return float(found)


def distance(said: str) -> str:
    [found] = re.findall(r"values of the model: (\S+)", said)
    return str(found)


def test_at_least_twelve_symptoms_each_with_its_four_parts() -> None:
    assert len(SYMPTOMS[0]) == len(SYMPTOMS[1]) >= 12
    for symptoms, parts in zip(SYMPTOMS, PARTS, strict=True):
        for number, symptom in enumerate(symptoms, 1):
            assert symptom.startswith(f"{number}. ")
            assert tuple(re.findall(r"^- \*\*(.+?)\*\*", symptom, re.MULTILINE)) == parts


def test_both_pages_name_the_same_commands_in_the_same_places() -> None:
    for english, korean in zip(*SYMPTOMS, strict=True):
        assert re.findall(r"`(python [^`]+)`", english) == re.findall(r"`(python [^`]+)`", korean)


def test_values_are_0_everywhere_but_next_to_a_reward() -> None:
    said = said_by(1, "python dp/value_iteration.py --discount 0 --headless")
    values = said.split("policy")[0]
    assert (values.count("1.000"), values.count("0.000")) == (4, 20)
    assert said.count("^v<>") > 10
    assert said_by(1, "python dp/value_iteration.py --discount 0.9 --headless").split("policy")[0].count(" 0.000") == 0


def test_values_that_grow() -> None:
    assert "does not converge" in said_by(2, "python dp/value_iteration.py --map two-cells --discount 1 --headless")
    assert "50.251" in said_by(2, "python dp/value_iteration.py --map two-cells --discount 0.99 --headless")


def test_a_time_limit_before_the_goal() -> None:
    said = said_by(3, "python tabular/q_learning.py --max-steps 3 --headless")
    assert earned(said) == 0
    [table] = Path().rglob("curve.csv")
    with table.open(encoding="utf-8", newline="") as file:
        assert {row["Q-learning: steps"] for row in csv.DictReader(file)} == {"3.0"}
    assert worth(said_by(3, "python tabular/q_learning.py --epsilon 1 --headless")) == "0.5905"


@pytest.mark.slow
def test_no_exploration() -> None:
    says(4, "0.0733", "3.2543", "2.8520")
    assert worth(said_by(4, "python tabular/q_learning.py --map discount --epsilon 0 --headless")) == "0.0733"
    assert worth(said_by(4, "python tabular/q_learning.py --map discount --epsilon 0.3 --headless")) == "2.8520"


@pytest.mark.slow
def test_the_score_is_that_of_the_behaviour() -> None:
    says(5, "-203", "-13.0000", "-15.15")
    cliff = "python tabular/q_learning.py --map cliff --discount 1 --step-size 0.5 --epsilon 0.3"
    said = said_by(5, f"{cliff} --headless")
    assert (worth(said), earned(said)) == ("-13.0000", -203)
    assert earned(said_by(5, f"{cliff} --epsilon-decay 0.9995 --headless")) == -15.15


def test_a_step_size_that_is_too_large() -> None:
    assert worth(said_by(6, "python tabular/sarsa.py --map cliff --discount 1 --step-size 1 --headless")) == "-inf"
    says(6, "-15.0000")
    assert (
        worth(said_by(6, "python tabular/sarsa.py --map cliff --discount 1 --step-size 0.1 --headless")) == "-15.0000"
    )


def test_values_where_nobody_goes() -> None:
    says(7, "0.5905", "0.5980", "`--step-size 0.0001`", "0.7097", "0.0044")
    said = said_by(7, "python tabular/q_learning.py --headless")
    assert (worth(said), distance(said)) == ("0.5905", "0.5980")
    assert distance(run_here("python tabular/q_learning.py --step-size 0.0001 --headless")) == "0.7097"
    assert distance(said_by(7, "python tabular/q_learning.py --epsilon 1 --headless")) == "0.0044"


def test_chance() -> None:
    says(8, "0.4261", "`--seed 3`", "2.6811")
    command = "python tabular/q_learning.py --map discount --headless"
    assert worth(said_by(8, command)) == "0.4261"
    assert worth(run_here(f"{command} --seed 3")) == "2.6811"


@pytest.mark.slow
def test_chance_with_many_seeds() -> None:
    assert "95 % interval" in said_by(8, "python tabular/q_learning.py --map discount --seeds 20 --headless")


def trained(number: int, command: str, wrong: tuple[str, str] | None = None) -> tuple[str, dict[str, list[float]]]:
    """What a network's command prints, and the columns of its progress.csv; with a mistake planted: (right, wrong)."""
    says(number, f"`{command}`")
    _, script, *arguments = shlex.split(command)
    chapter = Path("chapter.py")
    shutil.copy(ROOT / script, chapter)
    if wrong:
        code = chapter.read_text(encoding="utf-8")
        assert code.count(wrong[0]) == 1, f"{script} holds {wrong[0]!r} {code.count(wrong[0])} times"
        chapter.write_text(code.replace(*wrong), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(chapter), *arguments, "--headless", "--out", "run"],
        capture_output=True, text=True, encoding="utf-8", timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with Path("run/progress.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return done.stdout, {name: [float(row[name]) for row in rows if row[name]] for name in rows[0]}


@pytest.mark.slow
def test_a_learning_rate_that_is_too_large() -> None:
    _, columns = trained(9, "python deep/dqn.py --learning-rate 0.1 --steps 5000")
    assert columns["loss"][-1] > 10 * columns["loss"][0]
    assert np.median(columns["evaluation"]) < 11


@pytest.mark.slow
def test_a_target_that_forgets_the_end() -> None:
    says(10, "`(1 - terminated) * `")
    _, columns = trained(10, "python deep/dqn.py --steps 10000", wrong=("(1 - terminated) * ", ""))
    assert columns["loss"][-1] > 10 * columns["loss"][0]
    assert np.median(columns["evaluation"]) < 11


@pytest.mark.slow
def test_learning_that_has_not_begun() -> None:
    _, columns = trained(11, "python deep/dqn.py --learning-starts 4000 --steps 3000")
    assert "loss" not in columns and max(columns["evaluation"]) < 12


@pytest.mark.slow
def test_a_behaviour_that_only_explores() -> None:
    said, columns = trained(12, "python deep/dqn.py --epsilon-decay 1 --epsilon-end 1 --steps 20000")
    assert said.startswith("solved")
    assert max(columns["score"]) < 40 and columns["evaluation"][-1] >= 475


@pytest.mark.slow
def test_the_sign_of_the_objective() -> None:
    says(13, "`tf.reduce_sum(weights * log_probability(logits, actions))`")
    right = "-tf.reduce_sum(weights * log_probability(logits, actions))"
    _, columns = trained(13, "python deep/reinforce.py --steps 10000", wrong=(right, right[1:]))
    assert columns["evaluation"][-1] < 11 and columns["entropy"][-1] < 0.1


@pytest.mark.slow
def test_weights_that_say_nothing() -> None:
    said, columns = trained(14, "python deep/reinforce.py --discount 0 --steps 20000")
    assert said.startswith("not solved") and min(columns["entropy"]) > 0.5


@pytest.mark.slow
def test_a_target_network_that_is_never_copied() -> None:
    _, columns = trained(15, "python deep/dqn.py --target-every 100000 --steps 10000")
    assert columns["loss"][-1] < 0.01 and np.median(columns["evaluation"]) < 11


@pytest.mark.slow
def test_a_policy_that_is_sure_too_early() -> None:
    said, columns = trained(16, "python deep/reinforce.py --learning-rate 1 --steps 10000")
    assert said.startswith("not solved") and columns["entropy"][-1] < 0.05
