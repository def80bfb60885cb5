"""A map that becomes another one while somebody learns on it."""

from typing import Any

from common.errors import UserError
from gridworld.env import GridWorldEnv, MDPEnv
from gridworld.world import GridWorld


class ChangingEnv(GridWorldEnv):
    """The environment of a map that is another map from a step on.

    world: the map of now; then: what it becomes; after: steps that are taken before, over all episodes. Who stands on a
    cell that becomes a wall or an end finds itself at the start. Raises UserError for maps of different sizes.
    """

    def __init__(self, world: GridWorld, then: GridWorld, after: int, max_steps: int | None = None) -> None:
        if (then.height, then.width, then.n_actions) != (world.height, world.width, world.n_actions):
            raise UserError(
                "{name} has other rows, columns or actions than {first}, which is to become it",
                name=then.name,
                first=world.name,
            )
        super().__init__(world, max_steps=max_steps)
        self._then, self._steps_before = then, after

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        """Take the action; the last step before the change is one on the first map."""
        outcome = super().step(action)
        self._steps_before -= 1
        if self._steps_before == 0:
            self._change(terminated=outcome[2])
        return (self.state, *outcome[1:])

    def _change(self, terminated: bool) -> None:
        state, left, world = self.state, self._left, self._then
        MDPEnv.__init__(self, world.mdp(), self._limit)
        self.world, self._left = world, left
        nowhere = world.is_wall(state) or world.is_terminal(state)
        self.state = world.starts[0] if nowhere and not terminated else state
