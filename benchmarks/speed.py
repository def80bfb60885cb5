"""How fast the deep chapters are: an update, an action, a demo; with --against, next to an earlier revision in turns.

    python benchmarks/speed.py
    python benchmarks/speed.py --against 1c10039        the same figures of that commit, and the ratio

Updates and actions: the time of one in the fastest of many short blocks, in processes with one thread, on CartPole-v1's
sizes. Demos: the fastest of whole processes that play one episode without a window; the first frame is drawn in memory,
as it is for a film. What else the machine does can only add to a time: the fastest is the one that it disturbed least.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.parts.chapter_process import ROOT, deep_chapters, one_thread
from common.errors import UserError
from common.options import CheckedOptions, Count, launch

BLOCKS = """
import dataclasses, importlib, time
import numpy as np

def agent_of(chapter, **options):
    module = importlib.import_module("deep." + chapter)
    agents = [value for value in vars(module).values()
              if isinstance(value, type) and value.__module__ == module.__name__ and hasattr(value, "act")]
    known = {field.name for field in dataclasses.fields(module.Options)}
    chosen = module.Options(**{name: value for name, value in options.items() if name in known})
    return agents[0](4, 2, chosen, np.random.default_rng(0))

def milliseconds(call, repeats):
    call()
    blocks = []
    for _ in range(40):
        began = time.perf_counter()
        for _ in range(repeats):
            call()
        blocks.append(1000 * (time.perf_counter() - began) / repeats)
    return min(blocks)

generator = np.random.default_rng(1)
state, next_state = generator.normal(size=(2, 4)).astype(np.float32)
critic = agent_of("actor_critic")
update = getattr(critic, "update", None) or critic.learn
print(milliseconds(lambda: update(state, 1, 1.0, next_state, False), 30))
dqn = agent_of("dqn", batch=128, learn_every=64, gradient_steps=64, n_step=1, learning_starts=1, target_every=10**9)
remember = getattr(dqn, "remember", None) or dqn.memory.add
for _ in range(1000):
    remember(generator.normal(size=4).astype(np.float32), 1, 1.0, next_state, False, False)
print(milliseconds(lambda: dqn.learn(64, False) if hasattr(dqn, "acting") else dqn.learn(64), 1))
print(milliseconds((lambda: dqn.acting(state)) if hasattr(dqn, "acting")
                   else (lambda: dqn.predict(dqn.online, state)), 300))
"""
"""Prints the three times of `NAMES`; an older revision calls some methods by other names."""
NAMES = ("one update of actor_critic, ms", "64 gradient steps of dqn, ms", "values of one state in NumPy, ms")

FIRST_FRAME = """
import os, runpy, sys
try:
    from gridworld.window.episodes.episode_view import EpisodeView as View
    name = "draw"
except ImportError:  # an earlier revision
    from common.watch.stage import Stage as View
    name = "show"
show = getattr(View, name)
def first(*arguments, **named):
    show(*arguments, **named)
    os._exit(0)
setattr(View, name, first)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs a script and ends with its first frame."""


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Time updates, actions and demos."""

    against: str = ""
    """a revision of git to compare with"""
    repeats: Count = 3
    """processes of each kind; the fastest counts"""


@contextmanager
def revision(name: str) -> Iterator[Path]:
    """The course as it was in that revision, in a folder of its own. Raises UserError for one that git does not know"""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        done = subprocess.run([*git, "add", "--detach", str(tree), name], capture_output=True, text=True)
        if done.returncode != 0:
            raise UserError(f"--against {name}: {done.stderr.strip()}")
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def run(tree: Path, *arguments: str) -> tuple[float, str]:
    """Seconds and output of one Python process with the course's code from that folder."""
    environment = one_thread() | {"PYTHONPATH": str(tree)}
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], env=environment, cwd=tree, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        raise UserError(f"python {' '.join(arguments)[-80:]} failed: {done.stderr.strip()[-300:]}")
    return seconds, done.stdout


def say(name: str, times: list[list[float]], columns: int) -> None:
    """A row: the figure of each tree, and the ratio of the first to the second; cells stay empty without a second."""
    figures = [min(each) for each in times]
    cells = [f"{figure:.3f}" for figure in figures] + ([f"{figures[0] / figures[1]:.2f}"] if len(figures) > 1 else [])
    print(f"| {' | '.join([name, *cells, *[''] * (columns - len(cells))])} |", flush=True)


def compare(trees: list[Path], repeats: int) -> None:
    """Print the table; the trees take turns."""
    columns = 1 if len(trees) == 1 else 3
    blocks: list[list[list[float]]] = [[[] for _ in trees] for _ in NAMES]
    for _ in range(repeats):
        for number, tree in enumerate(trees):
            for what, line in zip(blocks, run(tree, "-c", BLOCKS)[1].splitlines(), strict=True):
                what[number].append(float(line))
    for name, times in zip(NAMES, blocks, strict=True):
        say(name, times, columns)
    film = str(Path(tempfile.gettempdir()) / "first-frame.gif")
    for chapter in deep_chapters():
        script = f"deep/{chapter}.py"
        having = [tree for tree in trees if (tree / "deep" / "weights" / f"{chapter}.weights.h5").is_file()]
        if trees[0] not in having:
            raise UserError(f"{chapter} has no weights yet: run  python benchmarks/ship.py {chapter}  first")
        demo = [script, "--demo", "--headless", "--episodes", "1"]
        for name, command in ("demo", demo), ("first frame", ["-c", FIRST_FRAME, *demo, "--record", film]):
            times = [[run(tree, *command)[0] for tree in having] for _ in range(repeats)]
            say(f"{chapter}: {name}, s", [list(each) for each in zip(*times, strict=True)], columns)


def main(options: Options) -> int:
    """Print the table of this code, or of two revisions side by side."""
    if not options.against:
        print("| what | this code |\n|---|---:|")
        compare([ROOT], options.repeats)
        return 0
    with revision(options.against) as earlier:
        print(f"| what | this code | {options.against} | ratio |\n|---|---:|---:|---:|")
        compare([ROOT, earlier], options.repeats)
    return 0


if __name__ == "__main__":
    launch(main, Options)
