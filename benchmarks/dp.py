"""Side by side with quantecon's DiscreteDP: seconds to solve an n x n map, on this machine, in this run.

    pip install -r benchmarks/requirements.txt
    python benchmarks/dp.py                                    both sides, up to 300 x 300, and ours at 1,000 x 1,000
    python benchmarks/dp.py --sizes 10 30 --discounts 0.9      a quick look

Both sides solve the same random maps with slip 0.2 from the same arrays, to within the same tolerance, and must agree.
This course brings the loops of its two chapters, policy iteration with linear solves (--exact) and with 20 sweeps an
improvement, and what it has for large maps (--quick); the ratio is that of the quickest to quantecon's quickest.
quantecon gets its quickest formulation: a list of state-action pairs with a sparse matrix, and a single action in cells
without a choice. Its clock is around `solve` alone; ours includes making the agent. Compiling (quantecon's, by Numba)
and making the model, with the arrays that its backup reads, are outside of both clocks. The sides take turns, and each
number is the quickest of its runs, the one that other work on the machine disturbed least; the ratio of the medians,
printed beside, says what such work has done to it. A second is one of the processor's, which does not count what other
programs took meanwhile, where the system tells it finely enough.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from common.errors import UserError
from common.files import check_writable
from common.options import Bounds, CheckedOptions, Count, Fraction, Natural, Positive, launch
from common.runs.curves import Line, save_csv, save_curve
from gridworld.mdp import MDP
from gridworld.world import GridWorld

import numpy as np
import tyro

# Run as a script, this file stands where Python looks first, and would itself be taken for the package dp.
sys.path = [folder for folder in sys.path if Path(folder).resolve() != Path(__file__).resolve().parent]

from dp.parts.planning_options import PolicyIterationOptions, Sizes  # noqa: E402 - found only after the line above
from dp.parts.quick import Quick  # noqa: E402
from dp.policy_iteration import PolicyIteration  # noqa: E402
from dp.value_iteration import ValueIteration  # noqa: E402

OURS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "value iteration": (ValueIteration, {}),
    "policy iteration": (PolicyIteration, {}),
    "policy iteration, exact": (PolicyIteration, {"exact": True}),
    "policy iteration, 20 sweeps": (PolicyIteration, {"sweeps_per_improvement": 20}),
    "quick": (Quick, {}),
}
THEIRS = {"value_iteration": "vi", "modified_policy_iteration": "mpi", "policy_iteration": "pi"}
CLOCK = time.process_time if time.get_clock_info("process_time").resolution < 1e-5 else time.perf_counter
MORE = 0.2
"""Seconds up to which a method is run more often than asked for."""
PLENTY = 10.0
"""Seconds after which a method is not repeated, and not asked to solve a larger map."""
MOST_IMPROVEMENTS = 100
"""Of quantecon's policy iteration, which stops where no action changes: where actions are equal but for rounding it can
change for ever, and counts as not having solved the map."""


Below1 = Annotated[float, Bounds(0, 1, open_high=True)]


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Time this course's dynamic programming and quantecon's on the same maps."""

    sizes: Sizes = (10, 30, 100, 300)
    """rows and columns of the maps that both sides solve"""
    larger: Sizes = (1000,)
    """rows and columns of the maps that only this course solves"""
    discounts: Annotated[tuple[Below1, ...], tyro.conf.arg(metavar="[0,1) ...")] = (0.9, 0.99)
    """how much a reward counts a step later"""
    tolerance: Positive = 1e-6
    """how far the values may be from the optimal ones"""
    slip: Fraction = 0.2
    """probability that a move goes to one of its two sides"""
    repeats: Count = 5
    """runs of each method on each map; of quick ones up to ten times as many"""
    seed: Natural = 0
    """of the random maps"""
    out: Path = Path("results") / "benchmarks"
    """folder for the numbers (dp.csv)"""
    figures: Path = Path("results") / "benchmarks"
    """folder for the figures (dp-<discount>.png)"""


def quantecon_problem(mdp: MDP, discount: float) -> Any:
    """quantecon's DiscreteDP of the MDP; a last state of value 0 is where outcomes that end the episode lead."""
    try:
        import scipy.sparse
        from quantecon.markov import DiscreteDP
    except ModuleNotFoundError as error:
        raise UserError(f"{error}: pip install -r benchmarks/requirements.txt") from error
    n_states, n_actions, n_outcomes = mdp.next_state.shape
    stuck = (mdp.next_state == np.arange(n_states)[:, None, None]).all(axis=(1, 2)) & mdp.terminated.all(axis=(1, 2))
    kept = ~stuck[:, None] | (np.arange(n_actions) == 0)
    states, actions = np.nonzero(kept)
    columns = np.where(mdp.terminated, n_states, mdp.next_state)[kept].ravel()
    rows = np.repeat(np.arange(len(states)), n_outcomes)
    chances = mdp.probability[kept].ravel()
    shape = (len(states) + 1, n_states + 1)
    cells = (np.append(chances, 1.0), (np.append(rows, shape[0] - 1), np.append(columns, n_states)))
    transitions = scipy.sparse.csr_matrix(cells, shape=shape)
    rewards = np.append(mdp.expected_reward[kept], 0.0)
    return DiscreteDP(rewards, transitions, discount, np.append(states, n_states), np.append(actions, 0))


def methods(mdp: MDP, options: Options, discount: float, with_quantecon: bool) -> dict[str, Callable[[], np.ndarray]]:
    """Each method's name and a function that solves the MDP by it and returns the values [S]."""

    def ours(planner: Callable[..., Any], how: dict[str, Any]) -> Callable[[], np.ndarray]:
        given = PolicyIterationOptions(discount=discount, tolerance=options.tolerance, **how)

        def run() -> np.ndarray:
            agent = planner(mdp, given)
            agent.solve()
            return np.asarray(agent.values)

        return run

    mdp.action_values(np.zeros(mdp.n_states), discount)
    solve = {name: ours(*method) for name, method in OURS.items()}
    if not with_quantecon:
        return solve
    problem = quantecon_problem(mdp, discount)

    def theirs(method: str) -> np.ndarray:
        most = MOST_IMPROVEMENTS if method == "policy_iteration" else 1_000_000
        # Its epsilon bounds the policy's loss; the values it stops at are within half of that.
        result = problem.solve(method, epsilon=2 * options.tolerance, max_iter=most)
        return result.v[:-1] if result.num_iter < most else np.full(mdp.n_states, np.nan)

    return solve | {f"quantecon {short}": lambda method=method: theirs(method) for method, short in THEIRS.items()}


def seconds_of_each(
    solve: dict[str, Callable[[], np.ndarray]], repeats: int, tolerance: float
) -> dict[str, list[float]]:
    """Seconds of each run of each method, taking turns; infinite where a method did not come to an end.

    Raises RuntimeError where the values disagree.
    """
    seconds: dict[str, list[float]] = {name: [] for name in solve}
    reference = None
    for turn in range(10 * repeats):
        for name, run in solve.items():
            if sum(seconds[name]) > (PLENTY if turn < repeats else MORE):
                continue
            begin = CLOCK()
            values = run()
            if np.isnan(values).any():
                seconds[name].append(np.inf)
                continue
            seconds[name].append(CLOCK() - begin)
            reference = values if reference is None else reference
            if np.abs(values - reference).max() > 2 * tolerance:
                raise RuntimeError(f"{name} finds other values: they differ by {np.abs(values - reference).max():g}")
    return seconds


def measure(options: Options, discount: float) -> dict[str, dict[int, float]]:
    """Quickest seconds of each method on each size; prints each size's table and ratio as it comes."""
    quickest: dict[str, dict[int, float]] = {}
    for size in (*options.sizes, *options.larger):
        mdp = GridWorld.random(size, options.seed, slip=options.slip).mdp()
        solve = methods(mdp, options, discount, size in options.sizes)
        for name in [name for name in solve if any(seconds > PLENTY for seconds in quickest.get(name, {}).values())]:
            del solve[name]
        of_each = seconds_of_each(solve, options.repeats, options.tolerance)
        for name, seconds in of_each.items():
            quickest.setdefault(name, {})[size] = min(seconds)
            words = f"{min(seconds):10.5f} s" if np.isfinite(min(seconds)) else "does not come to an end"
            print(f"{size:5d} x {size:<5d} discount {discount:<5g} {name:28s} {words}", flush=True)
        if size in options.sizes:
            best = min(of_each.keys() & OURS.keys(), key=lambda name: min(of_each[name]))
            rival = min(of_each.keys() - OURS.keys(), key=lambda name: min(of_each[name]))
            ratio = min(of_each[best]) / min(of_each[rival])
            of_medians = float(np.median(of_each[best]) / np.median(of_each[rival]))
            words = f"{best} / {rival}: ratio {ratio:.2f}, of the medians {of_medians:.2f}"
            print(f"{size:5d} x {size:<5d} discount {discount:<5g} {words}", flush=True)
    return quickest


def main(options: Options) -> None:
    check_writable(options.out / "dp.csv")
    check_writable(options.figures / "dp-1.png")
    warm_up = GridWorld.random(4, 0).mdp()
    for run in methods(warm_up, options, 0.5, bool(options.sizes)).values():
        run()
    rows = []
    for discount in options.discounts:
        quickest = measure(options, discount)
        # Matplotlib leaves gaps where a method did not come to an end.
        lines = [
            Line(f"{name}, this course" if name in OURS else name, list(at), list(at.values()), dashed=name not in OURS)
            for name, at in quickest.items()
        ]
        title = f"Seconds to solve an n x n map to {options.tolerance:g}, discount {discount:g}"
        save_curve(options.figures / f"dp-{discount:g}.png", title, "n", "seconds", lines, log_x=True, log_y=True)
        rows += [(discount, name, size, seconds) for name, at in quickest.items() for size, seconds in at.items()]
    columns = dict(zip(("discount", "method", "size", "seconds"), zip(*rows, strict=True), strict=True))
    save_csv(options.out / "dp.csv", columns)
    print(f"the numbers are in {options.out}, the figures in {options.figures}")


if __name__ == "__main__":
    launch(main, Options)
