"""Environments as users bring them: of the old interface, faulty, or merely unusual."""

from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

BOX = gym.spaces.Box(-1.0, 1.0, (4,), np.float32)


class Plain(gym.Env[Any, Any]):
    """Ends after three steps of reward 1; what follows changes one thing each."""

    observation_space: gym.Space[Any] = BOX
    action_space: gym.Space[Any] = gym.spaces.Discrete(2)
    length = 3

    def __init__(self) -> None:
        self.count = 0

    def seen(self) -> Any:
        return np.full(4, self.count / 10, np.float32)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.count = 0
        return self.seen(), {}

    def step(self, action: Any) -> Any:
        self.count += 1
        return self.seen(), 1.0, self.count == self.length, False, {}


class OldReset(Plain):
    def reset(self, **_: Any) -> Any:
        return self.seen()


class OldStep(Plain):
    def step(self, action: Any) -> Any:
        return *super().step(action)[:3], {}


class Unseeded(Plain):
    def reset(self) -> Any:  # type: ignore[override]
        return super().reset()


class Failing(Plain):
    def step(self, action: Any) -> Any:
        raise ZeroDivisionError("by nothing")


class NaNSeen(Plain):
    def seen(self) -> Any:
        return np.full(4, np.nan if self.count == 2 else 0.0, np.float32)


class InfiniteReward(Plain):
    def step(self, action: Any) -> Any:
        state, _, *rest = super().step(action)
        return state, np.inf if self.count == 2 else 1.0, *rest


class OtherShape(Plain):
    def seen(self) -> Any:
        return np.zeros(3 if self.count else 4)


class Words(Plain):
    def seen(self) -> Any:
        return ["left", "right", "up", "down"]


class ManyRewards(Plain):
    def step(self, action: Any) -> Any:
        state, _, *rest = super().step(action)
        return state, np.ones(2), *rest


class Spaceless(gym.Env[Any, Any]):
    observation_space = BOX


class Unmakeable(Plain):
    def __init__(self) -> None:
        raise RuntimeError("no such simulator")


class Unrendered(Plain):
    """Says that it draws, but its constructor takes no render_mode."""

    metadata: ClassVar = {"render_modes": ["rgb_array"]}


class Cell(Plain):
    """For a table: its observation is a number."""

    observation_space = gym.spaces.Discrete(4)

    def seen(self) -> Any:
        return self.count


class CellOldReset(Cell):
    def reset(self, **_: Any) -> Any:
        return self.seen()


class CellOldStep(Cell):
    def step(self, action: Any) -> Any:
        return *super().step(action)[:3], {}


class CellUnseeded(Cell):
    def reset(self) -> Any:  # type: ignore[override]
        return super().reset()


class CellNaN(Cell):
    def step(self, action: Any) -> Any:
        state, _, *rest = super().step(action)
        return state, np.nan, *rest


class CellOutside(Cell):
    def seen(self) -> Any:
        return self.count + 3


class CellEndless(Cell):
    length = 10**12

    def seen(self) -> Any:
        return 0


class Unusual(Plain):
    """Accepted: actions from 5 on and only as plain int, rewards as an array of one, one array changed in place."""

    action_space = gym.spaces.Discrete(2, start=5)

    def __init__(self) -> None:
        super().__init__()
        self.array = np.zeros(4, np.float32)

    def seen(self) -> Any:
        self.array[:] = self.count
        return self.array

    def step(self, action: Any) -> Any:
        assert type(action) is int and self.action_space.contains(action)
        state, _, terminated, truncated, info = super().step(action)
        return state, np.array([1.0]), np.bool_(terminated), truncated, info


class Endless(Plain):
    """No end and no time limit."""

    length = 10**12


BOTH = "must return (observation, info)"
FIVE = "must return (observation, reward, terminated, truncated, info)"
DEEP_FAULTS: dict[type[gym.Env[Any, Any]], str] = {
    OldReset: f"reset returned the observation alone, of type ndarray: it {BOTH}",
    OldStep: f"step returned 4 values: it {FIVE}",
    Unseeded: "it must be reset(self, *, seed=None, options=None)",
    Failing: "failed, ZeroDivisionError: by nothing (odd_environments.py, line",
    NaNSeen: "returned the observation [nan, nan, nan, nan] at step 2 of an episode",
    InfiniteReward: "returned the reward inf at step 2 of an episode",
    OtherShape: "returned an observation of the shape (3,); its observation_space has (4,)",
    Words: "it must be an array of numbers",
    ManyRewards: "returned the reward array([1., 1.]): it must be one number",
    Spaceless: "has no action_space",
    Unmakeable: "cannot be made: RuntimeError: no such simulator (odd_environments.py, line",
}
TABLE_FAULTS: dict[type[gym.Env[Any, Any]], str] = {
    CellOldReset: f"reset returned the observation alone, of type int: it {BOTH}",
    CellOldStep: f"step returned 4 values: it {FIVE}",
    CellUnseeded: "it must be reset(self, *, seed=None, options=None)",
    CellNaN: "returned the reward nan at step 1 of an episode",
    CellOutside: "returned the observation 4, which is not in Discrete(4)",
}


def registered(environment: type[gym.Env[Any, Any]]) -> str:
    """Its id, with a time limit of 9 steps but for those that have none."""
    name = f"Odd{environment.__name__}-v0"
    if name not in gym.registry:
        limit = None if "Endless" in name else 9
        gym.register(name, environment, max_episode_steps=limit)  # type: ignore[arg-type]
    return name
