"""Chapter 8 of the book: Dyna-Q on the maze, and with Dyna-Q+ on mazes that change."""

from collections.abc import Callable
from typing import Any

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line
from dp.parts.greedy import greedy_policy
from gridworld.env import GridWorldEnv
from gridworld.problems.changing import ChangingEnv
from gridworld.world import GridWorld
from tabular.parts.method import Method
from tabular.parts.table_agent import ActionTable
from tabular.parts.trial import Trial

import numpy as np
from numpy.typing import NDArray

MakeMethod = Callable[[Any], Method]
MakeOptions = Callable[..., Any]

RUNS, EPISODES = 30, 50
PLANNING = (0, 5, 50)
ARROWS = "\u2191\u2193\u2190\u2192"
CHANGED_RUNS = 10
HALVES = 9
"""Learners of Figure 8.3; the one with the median number of known cells is drawn."""


def trial(method: Method, env: GridWorldEnv, seed: int) -> Trial:
    """A learner before its first step."""
    return Trial(method.agent(env, seed), env, method.train, seed)


def maze_episodes(method: MakeMethod, options: MakeOptions) -> Figure:
    """Figure 8.2: steps of each episode in the maze, for three numbers of planning steps."""

    def make(seed: int) -> Drawn:
        world, lines, numbers = GridWorld.load("maze"), [], []
        for planning in PLANNING:
            learner = method(options(discount=0.95, step_size=0.1, epsilon=0.1, planning_steps=planning))
            steps = np.zeros((RUNS, EPISODES))
            for run in range(RUNS):
                one = trial(learner, GridWorldEnv(world), seed + run)
                for episode in range(EPISODES):
                    one.episode()
                    steps[run, episode] = one.lengths[-1]
            mean = steps.mean(axis=0)
            lines.append(Line(f"{planning} planning steps", np.arange(2, EPISODES + 1), mean[1:]))
            error = steps[:, 1].std(ddof=1) / RUNS**0.5
            numbers.append(Number(f"{planning} planning steps: steps of episode 2", mean[1], "", error, 0))
            last = mean[-10:].mean()
            reached = int((mean <= 1.25 * last).argmax()) + 1
            book = {0: "about 25", 5: "about 5", 50: "3"}[planning]
            what = f"{planning} planning steps: first episode within a quarter of its last ten"
            numbers.append(Number(what, reached, book, digits=0))
        return Drawn([Panel("", "episode", "steps", lines, limits=(0, 800))], numbers)

    return Figure("Figure 8.2", "Dyna-Q in the maze, mean of 30 learners", make)


def maze_policies(method: MakeMethod, options: MakeOptions) -> Figure:
    """Figure 8.3: what is known halfway through the second episode, with planning and without."""

    def make(seed: int) -> Drawn:
        world, panels, numbers = GridWorld.load("maze"), [], []
        for planning, book in ((0, "1"), (50, "")):
            learner = method(options(discount=0.95, step_size=0.1, epsilon=0.1, planning_steps=planning))
            found = [halfway(learner, world, seed + run) for run in range(HALVES)]
            cells = np.array([known.sum() for _, known, _ in found])
            median = int(np.argsort(cells, kind="stable")[HALVES // 2])
            panels.append(policy_panel(f"{planning} planning steps", world, *found[median]))
            error = cells.std(ddof=1) / HALVES**0.5
            what = f"{planning} planning steps: cells with a policy, mean of {HALVES} learners"
            numbers.append(Number(what, cells.mean(), book, error, digits=0))
        return Drawn(panels, numbers)

    return Figure("Figure 8.3", "policies halfway through the second episode", make)


def halfway(learner: Method, world: GridWorld, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], int]:
    """(action values, where some are better than others, the agent's state) halfway through the second episode."""
    whole = trial(learner, GridWorldEnv(world), seed)
    whole.episode()
    whole.episode()
    env = GridWorldEnv(world)
    half = trial(learner, env, seed)
    half.episode()
    for _ in range(whole.lengths[1] // 2):
        half.step()
    assert isinstance(half.agent, ActionTable)
    values = half.agent.action_values
    return values, greedy_policy(values).max(axis=1) > 1 / values.shape[1], env.state


def policy_panel(
    title: str, world: GridWorld, values: NDArray[np.float64], known: NDArray[np.bool_], agent: int
) -> Panel:
    """The greedy arrows where something is known, walls dark, the agent a dot."""
    policy = greedy_policy(values)
    texts = ["".join(sign for sign, p in zip(ARROWS, row, strict=True) if p) for row in policy]
    letters = world.letters.ravel()
    shown = [text if there else "" for text, there in zip(texts, known, strict=True)]
    for state, letter in enumerate(letters):
        if letter in "SG":
            shown[state] = f"{letter} {shown[state]}".strip()
    shown[agent] = f"\u25cf {shown[agent]}".strip()
    shape = (world.height, world.width)
    ground = np.where(world.where("wall"), 0.3, 1.0)
    return Panel(title, "", "", matrix=ground, texts=np.array(shown).reshape(shape).tolist(), limits=(0, 1))


def blocking_maze(plus: MakeMethod, plus_options: MakeOptions, dyna: MakeMethod, dyna_options: MakeOptions) -> Figure:
    """Figure 8.4: the short way is blocked after 1,000 steps."""
    learners = (plus, plus_options, 1e-4), (dyna, dyna_options, None)
    return changing_maze("Figure 8.4", "the blocking maze", learners, ("opening-right", "opening-left"), 1000, 3000, 10)


def shortcut_maze(plus: MakeMethod, plus_options: MakeOptions, dyna: MakeMethod, dyna_options: MakeOptions) -> Figure:
    """Figure 8.5: a shortcut opens after 3,000 steps."""
    learners = (plus, plus_options, 1e-3), (dyna, dyna_options, None)
    return changing_maze("Figure 8.5", "the shortcut maze", learners, ("opening-left", "opening-both"), 3000, 6000, 10)


def changing_maze(
    name: str, title: str, learners: Any, maps: tuple[str, str], after: int, steps: int, planning: int
) -> Figure:
    """Cumulative reward of Dyna-Q+ and Dyna-Q in a maze that changes; step size 1, the model of what was seen last."""

    def make(seed: int) -> Drawn:
        first, then = (GridWorld.load(each) for each in maps)
        lines, numbers, late = [], [], {}
        for make_method, options, kappa in learners:
            more = {} if kappa is None else {"kappa": kappa}
            learner = make_method(
                options(discount=0.95, step_size=1.0, epsilon=0.1, planning_steps=planning, model="last", **more)
            )
            label = "Dyna-Q" if kappa is None else "Dyna-Q+"
            rewards = np.zeros((CHANGED_RUNS, steps))
            for run in range(CHANGED_RUNS):
                env = ChangingEnv(first, then, after)
                env.reset(seed=seed + run)
                loop = learner.train(env, learner.agent(env, seed + run), steps)
                rewards[run] = [reward for (reward, _), _ in zip(loop, range(steps), strict=False)]
            total = rewards.cumsum(axis=1)
            lines.append(Line(label, np.arange(1, steps + 1), total.mean(axis=0)))
            late[label] = rewards[:, -1000:].sum(axis=1)
            for what, when in (("the change", after), ("the end", steps)):
                each = total[:, when - 1]
                error = each.std(ddof=1) / CHANGED_RUNS**0.5
                numbers.append(Number(f"{label}: reward until {what}", each.mean(), "", error, 0))
        for label, each in late.items():
            error = each.std(ddof=1) / CHANGED_RUNS**0.5
            numbers.append(Number(f"{label}: reward in the last 1,000 steps", each.mean(), "", error, 0))
        return Drawn([Panel("", "time steps", "cumulative reward", lines)], numbers)

    return Figure(name, f"{title}, mean of {CHANGED_RUNS} learners", make)
