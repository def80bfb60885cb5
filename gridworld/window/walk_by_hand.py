"""A lesson without an algorithm: the keys are the policy."""

from functools import partial

from common.language import N_, _
from gridworld.actions import ACTION_NAMES
from gridworld.env import GridWorldEnv
from gridworld.window.lesson import Button, Lesson
from gridworld.window.snapshot import Snapshot
from gridworld.world import GridWorld

import numpy as np

ACTION_KEYS = (*ACTION_NAMES[:4], ".", "y", "u", "b", "m")
"""Of the moves in `gridworld.actions`; the four letters lie on a keyboard as the diagonals do."""


class WalkByHand(Lesson):
    """The map with an agent that the keys move: the interface of agent and environment, with you as the agent.

    rewards: those of this episode, in order. discount: with less than 1, the panel says the discounted return as well.
    """

    def __init__(self, world: GridWorld, seed: int = 0, discount: float = 1.0) -> None:
        super().__init__(N_("Walk by hand"), world)
        self._env = GridWorldEnv(world)
        self._discount = discount
        self._returns: list[float] = []
        self._begin(seed)

    def reset(self) -> None:
        """Begin an episode at a start of the map."""
        super().reset()
        self._begin()

    def edit(self, world: GridWorld) -> None:
        """Go on from the same cell, or from the start where that has become a wall or the end."""
        state, random, starts = self._env.state, self._env.np_random, self.world.starts
        self._env = GridWorldEnv(world)
        self._env.np_random = random
        super().edit(world)
        if world.starts != starts or world.is_wall(state) or world.is_terminal(state):
            self._begin()
        else:
            self._env.reset(options={"start": state})

    def snapshot(self) -> Snapshot:
        """Where you are, where you came through, and how often you were in each cell."""
        return Snapshot(visits=self._visits, agent=self._env.state, trail=self._trail)

    def status(self) -> list[tuple[str, str]]:
        """The last move and the return, undiscounted and discounted."""
        row, column = self.world.row_column(self._env.state)
        last = (
            _("{action}, reward {reward:g}", action=_(self._last), reward=self.rewards[-1])
            if self.rewards
            else _("none")
        )
        return [
            ("cell", _("row {row}, column {column}", row=row, column=column)),
            ("state", str(self._env.state)),
            ("moves", str(len(self.rewards))),
            ("last move", last),
            ("return", f"{sum(self.rewards):g}"),
            *([("discounted", f"{self.discounted_return():.4f}")] if self._discount < 1 else []),
            ("episodes finished", str(len(self._returns))),
        ]

    def buttons(self) -> list[Button]:
        """One for each action."""
        return [
            Button(_(name).capitalize(), partial(self.act, action), lambda: not self._over, ACTION_KEYS[move])
            for action, (name, move) in enumerate(zip(self._env.action_names, self.world.moves, strict=True))
        ]

    def act(self, action: int) -> None:
        """Take an action: the environment answers with the next state and a reward."""
        state, reward, self._over, *_rest = self._env.step(action)
        self._trail.append(state)
        self._visits[state] += 1
        self._last = self._env.action_names[action]
        self.rewards.append(reward)
        total = _("reward {reward:g}, return {total:g}", reward=reward, total=sum(self.rewards))
        if self._over:
            self._returns.append(sum(self.rewards))
            moves = len(self.rewards)
            self.say(_("{total}: the episode is over after {moves} moves; R begins another", total=total, moves=moves))
        else:
            self.say("{action}: {total}", action=_(self._last), total=total)

    def discounted_return(self) -> float:
        """Of the rewards of this episode, seen from where it began."""
        return float(sum(self._discount**t * reward for t, reward in enumerate(self.rewards)))

    @property
    def done(self) -> bool:
        """There is nothing to play: you are the policy."""
        return True

    def _begin(self, seed: int | None = None) -> None:
        state, _ = self._env.reset(seed=seed)
        self._trail = [state]
        self._visits = np.zeros(self.world.n_states, dtype=np.int64)
        self._visits[state] = 1
        self.rewards: list[float] = []
        self._last = ""
        self._over = False
