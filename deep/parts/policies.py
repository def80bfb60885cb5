"""Policies that act: NumPy copies of policy and value networks, and what all agents with a policy have in common."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from common.checkpoint import State
from common.demo import Thought
from common.options import check_at_least, check_between
from common.run_options import RunOptions
from common.weights import Weights
from deep.parts.acting import ActingNetwork
from deep.parts.lazy import keras
from deep.parts.networks import dense, layer_shapes
from deep.parts.resumable import Resumable
from deep.parts.sampling import softmax

Array = NDArray[Any]


def tanh_network(inputs: int, hidden: Sequence[int], outputs: int, generator: np.random.Generator) -> Any:
    """inputs -> hidden tanh layers (Glorot and Bengio 2010, uniform) -> outputs, linear: a keras.Sequential.

    Smooth and bounded: on CartPole-v1 the plain policy gradient and A2C solve more seeds, and sooner, than with ReLU.
    """
    layers = [dense(size, generator, "tanh", "GlorotUniform") for size in hidden]
    return keras.Sequential([keras.Input((inputs,)), *layers, dense(outputs, generator, None, "GlorotUniform")])


class ActingTanhNetwork(ActingNetwork):
    """The NumPy copy of a `tanh_network`."""

    @staticmethod
    def through(layers: Sequence[tuple[np.ndarray, np.ndarray]], states: Array) -> Array:
        """Dense tanh layers, one after the other."""
        for kernel, bias in layers:
            states = np.tanh(states @ kernel + bias)
        return states


class ActingPolicy(ActingTanhNetwork):
    """A policy network with one logit an action."""

    def probabilities(self, states: Array) -> Array:
        """pi(.|s): states [..., inputs] -> [..., actions]."""
        return softmax(self(states))

    def thought(self, state: Array) -> Thought:
        """What a demo shows: the likeliest action and the probability of each."""
        probabilities = self.probabilities(state)
        return Thought(int(probabilities.argmax()), "probabilities", probabilities)


class ActingActorCritic:
    """Policy and value network side by side; their weights form one list, the policy's first."""

    def __init__(self, weights: Sequence[np.ndarray]) -> None:
        self.set(weights)

    def set(self, weights: Sequence[np.ndarray]) -> None:
        """Take over new weights; both networks have the same number of layers."""
        half = len(weights) // 2
        self.actor, self.critic = ActingPolicy(weights[:half]), ActingTanhNetwork(weights[half:])

    def probabilities(self, states: Array) -> Array:
        """pi(.|s): states [..., inputs] -> [..., actions]."""
        return self.actor.probabilities(states)

    def values(self, states: Array) -> Array:
        """V(s): states [..., inputs] -> [...]."""
        return self.critic(states)[..., 0]

    def greedy(self, states: Array) -> Array:
        """The likeliest actions [n]."""
        return self.actor.greedy(states)

    def thought(self, state: Array) -> Thought:
        """What a demo shows: the likeliest action, the probability of each, and the value of the state."""
        probabilities = self.probabilities(state)
        return Thought(int(probabilities.argmax()), "probabilities", probabilities, float(self.values(state)))


class ActingQActorCritic(ActingActorCritic):
    """The same with a critic of action values."""

    def values(self, states: Array) -> Array:
        """V(s) = sum_a pi(a|s) Q(s, a)."""
        return (self.probabilities(states) * self.critic(states)).sum(axis=-1)


def actor_critic_shapes(
    inputs: int, actions: int, values: int | None = None, *, hidden: Sequence[int]
) -> list[tuple[int, ...]]:
    """Shapes of a policy network and, behind it in one list, of a critic: of states (values=1) or of actions (None)."""
    critic_outputs = actions if values is None else values
    return layer_shapes(inputs, actions, hidden=hidden) + layer_shapes(inputs, critic_outputs, hidden=hidden)


class PolicyAgent(Resumable):
    """What a run asks of every agent with a policy.

    networks: Keras models whose weights are saved, the policy's first. acting: their NumPy copy, made by `player`.
    """

    player: ClassVar[Any] = ActingPolicy
    networks: Sequence[Any]
    acting: Any

    def weights(self) -> Weights:
        """The weights of all networks in one list."""
        return [array for network in self.networks for array in network.get_weights()]

    def policy(self, weights: Weights) -> Any:
        """The greedy policy of such weights."""
        return self.player(weights).greedy

    def refresh(self) -> None:
        """Bring the copy that acts up to date."""
        self.acting.set(self.weights())

    def restore(self, state: State) -> None:
        """Take over a state."""
        super().restore(state)
        self.refresh()


def check_policy_options(options: RunOptions) -> None:
    """Raise UserError for the first option of a policy-gradient chapter that is out of range."""
    given: dict[str, Any] = vars(options)
    for name in ("learning_rate", "critic_learning_rate"):
        if name in given:
            check_between("--" + name.replace("_", "-"), given[name], 0, 1, open_low=True)
    for name in ("discount", "trace"):
        if name in given:
            check_between("--" + name, given[name], 0, 1)
    for name in ("episodes_per_update", "environments", "rollout"):
        if name in given:
            check_at_least("--" + name.replace("_", "-"), given[name], 1)
    for name in ("entropy_bonus", "value_coefficient"):
        if name in given:
            check_at_least("--" + name.replace("_", "-"), given[name], 0)
    for size in given["hidden"]:
        check_at_least("--hidden", size, 1)
