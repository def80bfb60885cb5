"""A lesson without an algorithm: the keys are the policy."""

from functools import partial

import numpy as np

from gridworld.window.lesson import Button, Lesson
from gridworld.window.snapshot import Snapshot
from gridworld.world import ACTION_NAMES, GridWorld

ACTION_KEYS = (*ACTION_NAMES[:4], ".")


class WalkByHand(Lesson):
    """The map with an agent that the keys move: the interface of agent and environment, with you as the agent.

    rewards: those of this episode, in order.
    """

    def __init__(self, world: GridWorld, seed: int = 0) -> None:
        super().__init__("Walk by hand", world)
        self._random = np.random.default_rng(seed)
        self._returns: list[float] = []
        self._state = world.starts[0]
        self._trail = [self._state]
        self._visits = np.zeros(world.n_states, dtype=np.int64)
        self._last = ""
        self._over = False
        self.rewards: list[float] = []
        self._begin()

    def reset(self) -> None:
        """Begin an episode at a start of the map."""
        super().reset()
        self._begin()

    def edit(self, world: GridWorld) -> None:
        """Go on from the same cell, or from the start where that has become a wall or the end."""
        world.mdp()
        if world.starts != self.world.starts or world.is_wall(self._state) or world.is_terminal(self._state):
            super().edit(world)
            self._begin()
        super().edit(world)

    def snapshot(self) -> Snapshot:
        """Where you are, where you came through, and how often you were in each cell."""
        return Snapshot(visits=self._visits, agent=self._state, trail=self._trail)

    def status(self) -> list[tuple[str, str]]:
        """The last move and the return, undiscounted."""
        row, column = self.world.row_column(self._state)
        last = f"{self._last}, reward {self.rewards[-1]:g}" if self.rewards else "none"
        return [
            ("cell", f"row {row}, column {column}"),
            ("state", str(self._state)),
            ("moves", str(len(self.rewards))),
            ("last move", last),
            ("return", f"{sum(self.rewards):g}"),
            ("episodes finished", str(len(self._returns))),
        ]

    def buttons(self) -> list[Button]:
        """One for each action."""
        return [
            Button(name.capitalize(), partial(self.act, action), lambda: not self._over, key)
            for action, (name, key) in enumerate(
                zip(ACTION_NAMES[: self.world.n_actions], ACTION_KEYS[: self.world.n_actions], strict=True)
            )
        ]

    def act(self, action: int) -> None:
        """Take an action: the map draws the outcome, and pays."""
        mdp = self.world.mdp()
        outcome = int(self._random.choice(mdp.n_outcomes, p=mdp.probability[self._state, action]))
        reward = float(mdp.reward[self._state, action, outcome])
        self._over = bool(mdp.terminated[self._state, action, outcome])
        self._state = int(mdp.next_state[self._state, action, outcome])
        self._trail.append(self._state)
        self._visits[self._state] += 1
        self._last = ACTION_NAMES[action]
        self.rewards.append(reward)
        total = f"reward {reward:g}, return {sum(self.rewards):g}"
        if self._over:
            self._returns.append(sum(self.rewards))
            self.say(f"{total}: the episode is over after {len(self.rewards)} moves; R begins another")
        else:
            self.say(f"{ACTION_NAMES[action]}: {total}")

    @property
    def done(self) -> bool:
        """There is nothing to play: you are the policy."""
        return True

    def _begin(self) -> None:
        self._state = int(self._random.choice(self.world.starts))
        self._trail = [self._state]
        self._visits = np.zeros(self.world.n_states, dtype=np.int64)
        self._visits[self._state] = 1
        self.rewards = []
        self._last = ""
        self._over = False
