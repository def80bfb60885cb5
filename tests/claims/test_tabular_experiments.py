"""The experiments of tabular/README.md: what each command shows is what the page says; numbers as they stand."""

import re
from pathlib import Path
from typing import Any

from gridworld.env import GridWorldEnv
from tabular import monte_carlo_control, q_learning
from tabular.parts.trial import Trial
from tests.claims.tabular_page import distance, earned, says, shown, steps, worth

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def in_an_empty_folder_without_a_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.slow
def test_q_learning_learns_the_best_policy_while_it_behaves_at_random() -> None:
    said = shown("random Q")
    says(
        "Q-learning's table ends 0.0000 from the optimal values and its greedy policy is worth 0.5905",
        "the most there is.",
    )
    assert "RMS distance of the table from the optimal values of the model: 0.0000" in said
    assert "0.5905 under this greedy policy, 0.5905 at best" in said
    said = shown("random SARSA")
    says("SARSA's ends 0.01 from the values of the random policy")
    assert re.search(r"from the epsilon-soft values of the model: 0\.0[01]", said)
    says("its greedy policy at the start bumps into the wall for ever.")
    assert worth(said) == 0.0
    assert said.splitlines()[0].split()[0] in ("^", "<"), "out of the map's top left corner"


def test_monte_carlo_has_to_wait() -> None:
    waits = steps(shown("wait"))
    bootstraps = steps(shown("no wait"))
    says(f"Q-learning takes {bootstraps:,} steps for all of them", f"Monte Carlo takes {waits:,}")


@pytest.mark.slow
def test_monte_carlo_waits_long_on_a_few_seeds() -> None:
    says(
        "Over seeds 0 to 39 one Q-learner takes 211 to 662 steps",
        "434 in the median, and never has an episode cut off;",
    )
    says("Monte Carlo takes 170 to 15,179", "662 in the median: it is the quicker one on 13 seeds")
    says("and has an episode cut off on 8.")
    lengths = {}
    for chapter in (monte_carlo_control, q_learning):
        method: Any = chapter.method(chapter.Options())  # type: ignore[arg-type]
        runs = []
        for seed in range(40):
            env = GridWorldEnv("course", max_steps=1000)
            trial = Trial(method.agent(env, seed), env, method.train, seed)
            for _ in range(20):
                trial.episode()
            runs.append(trial.lengths)
        lengths[chapter] = np.array(runs)
    waits, bootstraps = lengths[monte_carlo_control].sum(axis=1), lengths[q_learning].sum(axis=1)
    assert (bootstraps.min(), round(np.median(bootstraps)), bootstraps.max()) == (211, 434, 662)
    assert (waits.min(), np.median(waits), waits.max(), (waits < bootstraps).sum()) == (170, 662, 15179, 13)
    cut = [(lengths[chapter] == 1000).any(axis=1).sum() for chapter in (monte_carlo_control, q_learning)]
    assert cut == [8, 0]


def test_explore_or_be_content_with_little() -> None:
    said = shown("greedy")
    says(f"a start worth {worth(said):.2f}, where 3.25 is possible.")
    assert "3.2543 at best" in said
    says(f"With epsilon 0.3: {worth(shown('curious')):.2f}.")
    hopeful = shown("hopeful")
    says(f"believes every action to be worth 10 until it has been tried: {worth(hopeful):.2f}.")


@pytest.mark.slow
def test_the_luck_goes_out_of_the_target() -> None:
    sarsa = shown("drawn")
    expected = shown("expected")
    says("it earns -134 in the last 100 episodes, and most of its greedy policies never arrive.")
    assert round(earned(sarsa, "SARSA")) == -134
    lost = re.search(r"(\d+)% never arrive", sarsa)
    assert lost and int(lost[1]) > 50
    says("Expected SARSA's does not: -20.7.")
    assert round(earned(expected, "Expected SARSA"), 1) == -20.7


@pytest.mark.slow
def test_more_is_learned_from_every_step() -> None:
    needed = [steps(shown("maze")), steps(shown("maze, planned")), steps(shown("maze, traced"))]
    plain, planned, traced = (f"{number:,}" for number in (round(each, -3) for each in needed))
    says(f"Twenty learners need {plain} steps for their thirty episodes; with five planning steps for each real one")
    says(f"for each real one {planned}, and with traces {traced}.")


@pytest.mark.slow
def test_a_model_may_be_as_uncertain_as_the_world() -> None:
    plain, dyna = shown("lake"), shown("lake, planned")
    says(f"Q-learning's greedy policy is worth {worth(plain):.2f} of the possible 0.54 after 2,000 episodes")
    says("Dyna-Q, whose model counts every outcome that it has seen, reaches all of it.")
    assert "0.5420 at best" in plain
    assert worth(dyna) == pytest.approx(0.5420, abs=5e-3)


@pytest.mark.slow
def test_right_on_average_is_not_everything() -> None:
    [ordinary], [weighted] = distance(shown("ordinary")), distance(shown("weighted"))
    says(f"is unbiased and ends {ordinary:.2f} from the truth; the weighted one is biased and ends {weighted:.2f} from")
    assert weighted < ordinary


@pytest.mark.slow
def test_other_worlds() -> None:
    said = shown("taxi")
    says(f"the taxi's greedy policy is worth {worth(said):.2f} at the start, of the possible 6.33.")
    assert re.search(r", 6\.3[23]\d* at best", said)
    assert shown("taxi ride").count("arrived") == 5
    says("On ice that does not slip Q-learning finds the six moves to the goal.")
    assert worth(shown("sure lake")) == pytest.approx(0.9**5, abs=1e-4)


@pytest.mark.slow
def test_blackjack_is_the_books() -> None:
    lines = shown("blackjack").splitlines()
    says("without a usable ace it sticks on 19 and more.")
    first = lines[: lines.index("its value")]
    for total in (19, 20, 21):
        [line] = [line for line in first if line.startswith(f"{total} ")]
        assert line.split()[1:] == ["s"] * 10
