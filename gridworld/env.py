"""GridWorld-v0: any map as a gymnasium environment.

    env = gymnasium.make("gridworld:GridWorld-v0", map="cliff")

Observation: the state's number. Actions: 0 up, 1 down, 2 left, 3 right and, where the map has it, 4 stay.
"""

from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from common.options import UserError
from gridworld.rendering import GridEnv
from gridworld.world import GridWorld

Outcome = tuple[float, float, int, float, bool]
"""(cumulative probability, probability, next state, reward, terminated)"""


class GridWorldEnv(GridEnv[Any]):
    """The environment of a map.

    map: the name of a shipped map, the path of a TOML file, or a GridWorld. Its time limit is the registration's;
    `gymnasium.make(..., max_episode_steps=...)` gives another. `reset(options={"start": state})` starts elsewhere.
    Raises UserError for a map that there is not or that is wrong, a start that is no cell to start on, and an action
    outside the action space.
    """

    def __init__(self, map: str | Path | GridWorld = "course", render_mode: str | None = None) -> None:
        super().__init__(map if isinstance(map, GridWorld) else GridWorld.load(map), render_mode)
        self._mdp = self.world.mdp()
        self._n_actions = self.world.n_actions
        self.observation_space = spaces.Discrete(self.world.n_states)
        self.action_space = spaces.Discrete(self._n_actions)
        self.state = self.world.starts[0]
        # Python tuples answer a single look-up faster than arrays do; a state's are made when it is first visited.
        self._outcomes: dict[int, list[list[Outcome]]] = {}
        self._table: dict[int, dict[int, list[tuple[float, int, float, bool]]]] | None = None

    @property
    def P(self) -> dict[int, dict[int, list[tuple[float, int, float, bool]]]]:
        """P[state][action] = [(probability, next state, reward, terminated), ...], gymnasium's toy-text convention."""
        if self._table is None:
            self._table = self._mdp.to_table()
        return self._table

    @property
    def initial_state_distrib(self) -> NDArray[np.float64]:
        """[S] probability of starting in each state, under toy-text's name."""
        assert self._mdp.start is not None
        return self._mdp.start

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Begin an episode on one of the map's starts, each equally likely, or on options["start"]."""
        super().reset(seed=seed)
        starts = self.world.starts
        start = (options or {}).get("start")
        if start is not None:
            self.state = self._checked_start(start)
        else:
            self.state = starts[0] if len(starts) == 1 else starts[int(self.np_random.integers(len(starts)))]
        self._moved(self.state, None)
        return self.state, {"prob": 1.0 if start is not None else 1 / len(starts)}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        """Take the action; info["prob"] is the probability that the outcome had."""
        if not 0 <= action < self._n_actions:
            raise UserError(f"action is {action}; the actions are 0 to {self._n_actions - 1}")
        actions = self._outcomes.get(self.state)
        if actions is None:
            actions = self._look_up(self.state)
        outcomes = actions[action]
        outcome = outcomes[0]
        if len(outcomes) > 1:
            drawn = self.np_random.random()
            for outcome in outcomes:
                if drawn < outcome[0]:
                    break
        _, probability, self.state, reward, terminated = outcome
        if self.render_mode is not None:
            self._moved(self.state, int(action))
        return self.state, reward, terminated, False, {"prob": probability}

    def _look_up(self, state: int) -> list[list[Outcome]]:
        mdp = self._mdp
        columns = (mdp.probability[state], mdp.next_state[state], mdp.reward[state], mdp.terminated[state])
        actions: list[list[Outcome]] = []
        for listed in zip(*(column.tolist() for column in columns), strict=True):
            possible = [outcome for outcome in zip(*listed, strict=True) if outcome[0] > 0]
            sums = np.cumsum([outcome[0] for outcome in possible]).tolist()
            actions.append([(total, *outcome) for total, outcome in zip(sums, possible, strict=True)])
        self._outcomes[state] = actions
        return actions

    def _checked_start(self, start: Any) -> int:
        is_state = (
            isinstance(start, int | np.integer) and not isinstance(start, bool) and start in self.observation_space
        )
        if not is_state or self.world.is_wall(start) or self.world.is_terminal(start):
            raise UserError(f"the start {start!r} is not a state of {self.world.name} that an episode can begin in")
        return int(start)
