"""Draw a map on which something holds; whether it does is computed by dynamic programming, not tried out."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.language import N_
from dp.parts.exact import optimal_action_values
from exercises.sentences import SENTENCES
from exercises.shelf import in_order, pick
from gridworld.mdp import MDP, Floats
from gridworld.world import GridWorld

import numpy as np

DRAWINGS = Path(__file__).parent / "drawings"
MARGIN = 1e-9
"""of the largest value: action values that differ by less are equal"""
CELLS = 20
"""in which the two paths have to fit; the cliff has 48"""

NOTHING = N_("there is no map to draw called {name}; python -m exercises map lists what there is")


@dataclass(frozen=True)
class Asked:
    """What a reader of one language is told: what is to hold, a note on how to get there, and each complaint."""

    title: str
    asked: str
    complaints: dict[str, str]


@dataclass(frozen=True)
class Drawing:
    """A map to be drawn. kind: what is to hold of it, one of `KINDS`; shows: the command in which it is seen."""

    order: int
    name: str
    kind: str
    shows: tuple[str, ...]
    words: dict[str, Asked]

    def lines(self, language: str) -> list[str]:
        """What is asked."""
        said, words = SENTENCES[language], self.words[language]
        return [words.title, words.asked, said["draw"].format(name=self.name)]

    def judged(self, world: GridWorld, file: str, language: str) -> tuple[bool, list[str]]:
        """Whether it holds of this map, and the line that says what does not, or the commands that show it."""
        said = SENTENCES[language]
        complaint, facts = KINDS[self.kind](world)
        if complaint:
            return False, [f"- {self.name}: {self.words[language].complaints[complaint].format(**facts)}"]
        shows = [said["see"].format(command=command.format(file=file)) for command in self.shows]
        return True, [f"+ {self.name}: {said['holds']}", *shows]


Verdict = tuple[str, dict[str, str]]
"""The name of what does not hold, or "" where everything does, and the facts that its sentence is filled with."""


def two_paths(world: GridWorld) -> Verdict:
    """With discount 0.9, no path is greedy for the optimal values and for the best policy's with epsilon 0.1 alike."""
    mdp = world.mdp()
    if (start := only_start(mdp)) is None:
        return "starts", {}
    if np.count_nonzero(mdp.probability, axis=2).max() > 1:
        return "slips", {}
    if (cells := world.width * world.height) > CELLS:
        return "large", {"cells": str(cells), "most": str(CELLS)}
    best, soft = (greedy(optimal_action_values(mdp, 0.9, epsilon)) for epsilon in (0.0, 0.1))
    for allowed, learner in ((best, "Q-learning"), (soft, "SARSA")):
        if not arrives(mdp, start, allowed):
            return "lost", {"learner": learner}
    if arrives(mdp, start, best & soft):
        return "same", {}
    return "", {}


def two_discounts(world: GridWorld) -> Verdict:
    """No action is the best at the start both with discount 0.2 and with discount 0.9."""
    mdp = world.mdp()
    if (start := only_start(mdp)) is None:
        return "starts", {}
    near, far = (greedy(optimal_action_values(mdp, discount))[start] for discount in (0.2, 0.9))
    both = np.flatnonzero(near & far)
    return ("agree", {"signs": "".join(world.action_signs[action] for action in both)}) if both.size else ("", {})


KINDS: dict[str, Callable[[GridWorld], Verdict]] = {"two-paths": two_paths, "two-discounts": two_discounts}


def only_start(mdp: MDP) -> int | None:
    """The state in which every episode begins, or None where there are several."""
    starts = np.flatnonzero(mdp.start if mdp.start is not None else [])
    return int(starts[0]) if starts.size == 1 else None


def greedy(action_values: Floats) -> Any:
    """[S, A] which actions are the best, all of them where several are."""
    finite = np.abs(action_values[np.isfinite(action_values)])
    return action_values >= action_values.max(axis=1, keepdims=True) - MARGIN * max(finite.max(), 1.0)


def arrives(mdp: MDP, start: int, allowed: Any) -> bool:
    """Whether the end of an episode can be reached from the start by allowed actions, of moves without chance."""
    seen, at = {start}, [start]
    while at:
        state = at.pop()
        for action in np.flatnonzero(allowed[state] & mdp.available[state]):
            outcome = int(mdp.probability[state, action].argmax())
            if mdp.terminated[state, action, outcome]:
                return True
            if (following := int(mdp.next_state[state, action, outcome])) not in seen:
                seen.add(following)
                at.append(following)
    return False


def read(path: Path) -> Drawing:
    """A drawing from its file."""
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {language: Asked(**data.pop(language)) for language in ("en", "ko")}
    return Drawing(name=path.stem, words=words, shows=tuple(data.pop("shows")), **data)


def drawings() -> list[Drawing]:
    """All drawings, in the order of the lectures."""
    return in_order(DRAWINGS, read)


def draw(name: str, file: Path | None, language: str, kept: dict[str, Any], remember: Callable[..., None]) -> int:
    """The list of drawings; what one of them asks; or whether it holds of the map in a file, with status 1 if not."""
    known = drawings()
    if not name:
        width = max(len(drawing.name) for drawing in known)
        for drawing in known:
            tick = "x" if kept.get(f"map {drawing.name}", {}).get("done") else " "
            print(f"[{tick}] {drawing.name:{width}}  {drawing.words[language].title}")
        print(SENTENCES[language]["draw"].format(name="NAME"))
        return 0
    drawing = pick(name, known, NOTHING)
    if file is None:
        print("\n".join(drawing.lines(language)))
        return 0
    holds, lines = drawing.judged(GridWorld.load(file), str(file), language)
    remember(f"map {name}", done=holds)
    print("\n".join(lines))
    return int(not holds)
