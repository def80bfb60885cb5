"""How good is a policy: the raw returns of whole episodes, in environments of their own, seeded apart from training."""

from collections.abc import Callable, Sequence
from typing import Any

from common.environments.arguments import make_several_with_settings, make_with_settings
from common.environments.make import has_native_vector

import gymnasium as gym
import numpy as np

BatchPolicy = Callable[[np.ndarray], np.ndarray]
"""observations [n, ...] -> actions [n, ...]"""

SEED_OFFSET = 1_000_000_007
"""Evaluation of a run with seed s draws its episodes' seeds from a generator seeded with s + SEED_OFFSET."""


TARGETS = {"Pendulum-v1": -200.0}
"""What counts as solved in an environment that does not say it itself."""

SIDE_BY_SIDE = 20
"""So many environments of a kind without a native vector version are made to play episodes at the same time."""


class Evaluation:
    """Plays a policy for some episodes and returns their raw returns.

    An environment with a native vector version (CartPole-v1 has one) plays all episodes at once; of any other, several
    play side by side, so that the policy is asked once for all of them. Raises UserError for an unknown environment.

    settings: of the environment, each "name=value".
    target: the mean return that counts as solved; None asks the environment (`spec.reward_threshold`) and, where it
    has none, TARGETS.
    """

    def __init__(
        self, environment_id: str, settings: Sequence[str] = (), *, target: float | None = None, episodes: int = 100
    ) -> None:
        self.environment_id, self.settings = environment_id, settings
        self.episodes = episodes
        self.env = make_with_settings(environment_id, settings)
        self.marks: dict[str, float] = getattr(self.env.unwrapped, "marks", {})
        spec = self.env.spec
        known = None if spec is None else spec.reward_threshold
        self.target = next((each for each in (target, known) if each is not None), TARGETS.get(environment_id))
        self._envs = [self.env]
        self._vectors: dict[int, gym.vector.VectorEnv] = {}
        self.is_native = has_native_vector(self.env)

    def returns(self, policy: BatchPolicy, episodes: int, seed: int) -> np.ndarray:
        """[episodes] the raw returns under this policy, the same for the same seed."""
        if self.is_native:
            return self._returns_at_once(policy, episodes, seed)
        chosen, together = seeds(seed, episodes), min(episodes, SIDE_BY_SIDE)
        while len(self._envs) < together:
            self._envs.append(make_with_settings(self.environment_id, self.settings))
        parts = [chosen[first : first + together] for first in range(0, episodes, together)]
        return np.concatenate([play_side_by_side(self._envs, policy, part) for part in parts])

    def _returns_at_once(self, policy: BatchPolicy, episodes: int, seed: int) -> np.ndarray:
        """One environment an episode, stepped together until the last has ended. What an environment does after its
        own end (its restart by itself) is masked out."""
        if episodes not in self._vectors:
            self._vectors[episodes] = make_several_with_settings(self.environment_id, self.settings, episodes)
        vector = self._vectors[episodes]
        observations, _ = vector.reset(seed=seed)
        scores = np.zeros(episodes)
        playing = np.ones(episodes, bool)
        while playing.any():
            observations, rewards, terminated, truncated, _ = vector.step(policy(observations))
            scores += np.where(playing, rewards, 0.0)
            playing &= ~(terminated | truncated)
        return scores

    def solves(self, scores: np.ndarray) -> bool:
        """Whether the mean return reaches the target; False where there is no target."""
        return self.target is not None and float(scores.mean()) >= self.target

    def close(self) -> None:
        """Release the environments."""
        for env in self._envs:
            env.close()
        for vector in self._vectors.values():
            vector.close()


def seeds(seed: int, count: int) -> list[int]:
    """Episode seeds drawn from one seed: seed 0 and seed 1 share no episodes."""
    return [int(number) for number in np.random.default_rng(seed).integers(2**31, size=count)]


def play_side_by_side(envs: Sequence[gym.Env[Any, Any]], policy: BatchPolicy, seeds: Sequence[int]) -> np.ndarray:
    """The raw returns of one episode for each seed, each in an environment of its own."""
    playing = list(range(len(seeds)))
    observations = [env.reset(seed=seed)[0] for env, seed in zip(envs, seeds, strict=False)]
    scores = np.zeros(len(seeds))
    while playing:
        actions = policy(np.asarray([observations[each] for each in playing]))
        for each, action in zip(tuple(playing), actions, strict=True):
            observations[each], reward, terminated, truncated, _ = envs[each].step(action)
            scores[each] += float(reward)
            if terminated or truncated:
                playing.remove(each)
    return scores
