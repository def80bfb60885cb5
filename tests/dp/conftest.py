"""Models to solve, and a solver of another kind to hold the chapters against."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

from gridworld import MDP

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


def random_model(seed: int) -> MDP:
    """A small MDP of any shape, some of whose outcomes end the episode; ties are frequent."""
    random = np.random.default_rng(seed)
    shape = tuple(random.integers((2, 1, 1), (12, 5, 4)).tolist())
    probability = random.random(shape) + 0.01
    return MDP(
        random.integers(0, shape[0], shape).astype(np.int32),
        probability / probability.sum(axis=2, keepdims=True),
        random.integers(-2, 3, shape).astype(float),
        random.random(shape) < 0.1,
    )


def linear_values(mdp: MDP, policy: np.ndarray, discount: float) -> np.ndarray:
    """[S] the values of a policy [S, A], from the linear system v = r + discount P v."""
    reward = np.zeros(mdp.n_states)
    transition = np.zeros((mdp.n_states, mdp.n_states))
    for state, action, outcome in np.ndindex(mdp.next_state.shape):
        at = (state, action, outcome)
        weight = policy[state, action] * mdp.probability[at]
        reward[state] += weight * mdp.reward[at]
        if not mdp.terminated[at]:
            transition[state, mdp.next_state[at]] += weight
    return np.linalg.solve(np.eye(mdp.n_states) - discount * transition, reward)


def exact_optimum(mdp: MDP, discount: float) -> np.ndarray:
    """[S] the optimal values by Howard's policy iteration on linear systems; an action must be better to be taken."""
    policy = np.eye(mdp.n_actions)[np.zeros(mdp.n_states, dtype=int)]
    while True:
        values = linear_values(mdp, policy, discount)
        following = np.where(mdp.terminated, 0.0, values[mdp.next_state])
        action_values = (mdp.probability * (mdp.reward + discount * following)).sum(axis=2)
        better = action_values.max(axis=1) > (policy * action_values).sum(axis=1) + 1e-9
        if not better.any():
            return values
        policy[better] = np.eye(mdp.n_actions)[action_values[better].argmax(axis=1)]


@pytest.fixture(name="random_model", scope="session")
def random_model_fixture() -> Callable[[int], MDP]:
    return random_model


@pytest.fixture(name="linear_values", scope="session")
def linear_values_fixture() -> Callable[[MDP, np.ndarray, float], np.ndarray]:
    return linear_values


@pytest.fixture(name="exact_optimum", scope="session")
def exact_optimum_fixture() -> Callable[[MDP, float], np.ndarray]:
    return exact_optimum


Result = tuple[int, str, str]


@pytest.fixture(name="call")
def call_fixture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Calls a chapter with arguments as its script would; (exit status, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")

    def call(chapter: str, *arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", [f"{chapter}.py", *arguments])
        with pytest.raises(SystemExit) as stopped:
            runpy.run_path(str(ROOT / "dp" / f"{chapter}.py"), run_name="__main__")
        return int(stopped.value.code or 0), *capsys.readouterr()

    return call
