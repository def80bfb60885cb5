"""Exercise 5.12 of the book: both racetracks of Figure 5.5 by off-policy Monte Carlo control."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line
from dp.parts import exact
from gridworld.env import MDPEnv
from gridworld.mdp import MDP
from gridworld.problems.racetrack import Racetrack
from gridworld.world import GridWorld
from tabular.parts.method import Method
from tabular.parts.trial import start_value

import numpy as np
from numpy.typing import NDArray

TRACKS = ("left", "right")
EPISODES = 200_000
SETTINGS: dict[str, Any] = {"discount": 1.0, "epsilon": 0.1, "initial_value": -8.0}
MAX_STEPS = 30
SHADES = {"S": 0.7, "F": 0.55, "#": 0.85}
"""Grey of the starting line, the finish and what is off the track."""


def learned(method: Callable[[Any], Method], options: Callable[..., Any], model: MDP, seed: int) -> Any:
    """The agent after all episodes."""
    env = MDPEnv(model, MAX_STEPS)
    learner = method(options(**SETTINGS))
    agent: Any = learner.agent(env, seed)
    env.reset(seed=seed)
    deque(learner.train(env, agent, EPISODES), maxlen=0)
    return agent


def track_panel(title: str, track: Racetrack, runs: Sequence[Sequence[int]]) -> Panel:
    """The track from above with the ways of these runs."""
    letters = track.world.letters
    shades = np.vectorize(lambda letter: SHADES.get(letter, 1.0))(letters)
    lines = []
    for run in runs:
        row, column = zip(*(track.world.row_column(track.parts_of(state)[0]) for state in run), strict=True)
        lines.append(Line("", column, row))
    names = [str(number) if number % 5 == 0 else "" for number in range(max(letters.shape))]
    return Panel(
        title, "column", "row", lines, shades, names[: track.world.width], names[: track.world.height], limits=(0, 1)
    )


def racetrack(method: Callable[[Any], Method], options: Callable[..., Any]) -> Figure:
    """Figure 5.5 and Exercise 5.12: what the greedy policy is worth, and how it drives without noise."""

    def make(seed: int) -> Drawn:
        panels, numbers = [], []
        for name in TRACKS:
            track = Racetrack(GridWorld.load(f"racetrack-{name}"))
            model = track.model()
            actions: NDArray[np.integer] = learned(method, options, model, seed).action_values.argmax(axis=1)
            best = start_value(model, exact.optimal_values(model, 1.0))
            worth = start_value(model, exact.policy_values(model, np.eye(model.n_actions)[actions], 1.0))
            runs = [track.run(actions, start) for start in track.starts]
            panels.append(track_panel(f"{name} track", track, runs))
            arrive = sum(track.is_over(run[-1]) for run in runs)
            numbers += [
                Number(f"{name} track: steps of the greedy policy's races", -worth),
                Number(f"{name} track: steps of the optimal policy's", -best),
                Number(f"{name} track: of {len(runs)} starts, those it arrives from without noise", arrive, digits=0),
            ]
        return Drawn(panels, numbers)

    return Figure("Figure 5.5", f"the racetrack off-policy, {EPISODES:,} episodes on each track", make)
