"""How good is a policy: the raw returns of whole episodes, in environments of their own, seeded apart from training."""

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import numpy as np

from common.environments.arguments import make_several_with_settings, make_with_settings
from common.environments.make import has_native_vector

BatchPolicy = Callable[[np.ndarray], np.ndarray]
"""observations [n, ...] -> actions [n, ...]"""

SEED_OFFSET = 1_000_000_007
"""Evaluation of a run with seed s draws its episodes' seeds from a generator seeded with s + SEED_OFFSET."""


class Evaluation:
    """Plays a policy for some episodes and returns their raw returns.

    An environment with a native vector version (CartPole-v1 has one) plays all episodes at once; any other plays them
    one after the other. Raises UserError for an unknown environment.

    settings: of the environment, each "name=value".
    target: the mean return that counts as solved; None asks the environment (`spec.reward_threshold`), which may not
    have one either.
    """

    def __init__(
        self, environment_id: str, settings: Sequence[str] = (), *, target: float | None = None, episodes: int = 100
    ) -> None:
        self.environment_id, self.settings = environment_id, settings
        self.episodes = episodes
        self.env = make_with_settings(environment_id, settings)
        spec = self.env.spec
        self.target = target if target is not None else (spec.reward_threshold if spec else None)
        self._vectors: dict[int, gym.vector.VectorEnv] = {}
        self.is_native = has_native_vector(self.env)

    def returns(self, policy: BatchPolicy, episodes: int, seed: int) -> np.ndarray:
        """[episodes] the raw returns under this policy, the same for the same seed."""
        if self.is_native:
            return self._returns_at_once(policy, episodes, seed)
        return np.array([play_episode(self.env, policy, seed=episode_seed) for episode_seed in seeds(seed, episodes)])

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
        self.env.close()
        for vector in self._vectors.values():
            vector.close()


def seeds(seed: int, count: int) -> list[int]:
    """Episode seeds drawn from one seed: seed 0 and seed 1 share no episodes."""
    return [int(number) for number in np.random.default_rng(seed).integers(2**31, size=count)]


def play_episode(env: gym.Env[Any, Any], policy: BatchPolicy, seed: int) -> float:
    """The raw return of one episode."""
    observation, _ = env.reset(seed=seed)
    score, ended = 0.0, False
    while not ended:
        action = policy(np.asarray(observation)[None])[0]
        observation, reward, terminated, truncated, _ = env.step(action)
        score += float(reward)
        ended = terminated or truncated
    return score
