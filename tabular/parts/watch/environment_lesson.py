"""A learner in an environment without a map of ours, in the window: its table on the environment's own board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from common.errors import UserError
from common.language import _
from gridworld.mdp import MDP
from gridworld.task import Task
from gridworld.window.lesson import Button, Setting
from gridworld.window.snapshot import Snapshot, UpdatedCells
from gridworld.world import GridWorld
from tabular.parts.learner_lesson import LearnerLesson
from tabular.parts.watch.boards import Board
from tabular.parts.watch.update_rows import knowledge

import numpy as np


class EnvironmentLesson(LearnerLesson):
    """The cells of the board show states of the environment, and the moves of its picture stand for actions."""

    own_map = False

    def __init__(self, task: Task, board: Board, *arguments: Any, **named: Any) -> None:
        self._task, self._board = task, board
        super().__init__(board.world, *arguments, **named)
        self.say("{note}; Space plays", note=_(board.note))

    @property
    def subtitle(self) -> str:
        return _("{name}, {count:,} states", name=self._task.name, count=self._task.n_states)

    def environment(self, world: GridWorld) -> Any:
        return self._task.environment()

    def model(self) -> MDP | None:
        return self._task.mdp

    @property
    def action_names(self) -> Sequence[str]:
        return self._board.actions

    @property
    def shows_path(self) -> bool:  # type: ignore[override]
        return self._board.path is not None

    def greedy_path(self, table: np.ndarray) -> list[int] | None:
        """The board's cells, from where this episode began."""
        first = self.record.episode[0].state if self.record.episode else self.record.state
        return None if self._board.path is None else self._board.path(table, first)

    def snapshot(self) -> Snapshot:
        """The learner's, with cells in place of states and moves in place of actions."""
        full = super().snapshot()
        states = self._shown()
        cells = {int(state): cell for cell, state in enumerate(states) if state >= 0}
        moves = self._board.moves

        def cell_of(state: int) -> int | None:
            return cells.get(state, self._board.cell_of(state))

        return replace(
            full,
            values=_picked(full.values, states),
            action_values=None if -1 in moves else _moved(full.action_values, states, moves),
            policy=_moved(full.policy, states, moves),
            visits=_picked(full.visits, states),
            traces=_picked(full.traces, states),
            weights=_picked(full.weights, states),
            ratios={cell: ratio for state, ratio in full.ratios.items() if (cell := cell_of(state)) is not None},
            agent=None if full.agent is None else cell_of(full.agent),
            trail=tuple(cell for cell in map(cell_of, self._since_put_back(full.trail)) if cell is not None),
            updated=None if full.updated is None else self._drawn(full.updated, cells),
            planned=[cell for cell in map(cell_of, full.planned) if cell is not None],
            sides=self._board.sides,
        )

    def _since_put_back(self, trail: Sequence[int]) -> Sequence[int]:
        """The states of a trail from the last one on in which the agent was put."""
        places = [number for number, state in enumerate(trail) if self._board.put_back(state)]
        return trail[places[-1] :] if places else trail

    def _drawn(self, updated: UpdatedCells, cells: dict[int, int]) -> UpdatedCells | None:
        """The same on the board; None where its state is not on it."""
        if updated.state not in cells:
            return None
        moves = self._board.moves
        led_to = updated.next_state
        following = None if led_to is None else cells.get(led_to, self._board.cell_of(led_to))
        return replace(
            updated,
            state=cells[updated.state],
            action=moves.index(updated.action) if updated.action in moves else None,
            next_state=following,
            next_actions=tuple(moves.index(action) for action in updated.next_actions if action in moves),
        )

    def _shown(self) -> np.ndarray:
        """[cells] the states on the board now: those of where the agent is, or came from where the episode is over."""
        if self._replay and self.entry is not None:
            return self._board.states(self.entry.update.state)
        last = self.record.transition
        ended = last is not None and last.terminated and last.next_state == self.record.state
        return self._board.states(last.state if last is not None and ended else self.record.state)

    def _place(self, state: int) -> str:
        return self._board.place(state)

    def backup(self, state: int) -> list[str]:
        shown = int(self._shown()[state])
        if shown < 0:
            return [_("no state of the environment")]
        where = _("state {state}: {place}", state=shown, place=self._board.place(shown))
        return knowledge(self.agent, shown, where, self.action_names, self.method.own_step_size)

    def steer(self, action: int) -> None:
        """A move of the picture, as the action that it stands for."""
        if self._board.moves[action] >= 0:
            super().steer(self._board.moves[action])

    def buttons(self) -> list[Button]:
        return [button for button in super().buttons() if button.label != "Move"]

    def world_settings(self) -> list[Setting]:
        return []

    def edit(self, world: GridWorld) -> None:
        raise UserError("an environment's rules are its own: only maps can be changed")

    def move(self) -> None:
        """Walks are along a map's model; here the learner itself shows how it goes."""


def _picked(values: np.ndarray | None, states: np.ndarray) -> np.ndarray | None:
    """[cells] of what is said of each state; 0 where a cell shows none."""
    return None if values is None else np.where(states >= 0, values[states], 0)


def _moved(table: np.ndarray | None, states: np.ndarray, moves: Sequence[int]) -> np.ndarray | None:
    """[cells, moves] of what is said of each state and action; 0 where there is none."""
    if table is None:
        return None
    rows = np.where(states[:, None] >= 0, table[states], 0)
    return np.stack([rows[:, action] if action >= 0 else np.zeros(len(rows)) for action in moves], axis=1)
