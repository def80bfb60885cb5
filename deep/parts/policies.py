"""Policies that act: NumPy copies of policy and value networks, and what all agents with a policy have in common."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.checkpoint import State
from common.demo import Thought
from common.options import check_at_least, check_between
from common.run_options import RunOptions
from common.weights import Weights
from deep.parts.acting import ActingNetwork
from deep.parts.distributions import Categorical, Gaussian
from deep.parts.lazy import keras, tf
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


class ActingPolicyAndValue:
    """Policy and value of a state from one network with a shared trunk, or from two; any distribution over actions.

    Of a shared network's outputs the last one is the value. Of two networks' weights, in one list, the policy's are
    first.
    """

    def __init__(self, distribution: Categorical | Gaussian, shared: bool, weights: Sequence[np.ndarray]) -> None:
        self.distribution, self.shared = distribution, shared
        self.set(weights)

    def set(self, weights: Sequence[np.ndarray]) -> None:
        """Take over new weights."""
        half = len(weights) if self.shared else len(weights) // 2
        self.actor = ActingTanhNetwork(weights[:half])
        self.critic = self.actor if self.shared else ActingTanhNetwork(weights[half:])

    def outputs(self, states: Array) -> Array:
        """What the distribution is made of: [..., inputs] -> [..., size]."""
        return self.actor(states)[..., : self.distribution.size]

    def values(self, states: Array) -> Array:
        """V(s): [..., inputs] -> [...]."""
        return self.critic(states)[..., -1]

    def sample(self, states: Array, random: np.random.Generator) -> Array:
        """Draw actions [n] or [n, D]."""
        return self.distribution.sample(self.outputs(states), random)

    def greedy(self, states: Array) -> Array:
        """The likeliest actions, as the environment wants them."""
        return self.distribution.greedy(self.outputs(states))

    def thought(self, state: Array) -> Thought:
        """What a demo shows: the greedy action, the policy, and the value of the state."""
        return self.distribution.thought(self.outputs(state), float(self.values(state)))


def policy_and_value_shapes(inputs: int, size: int, shared: bool, hidden: Sequence[int]) -> list[tuple[int, ...]]:
    """Shapes of one network with the value behind the policy's outputs, or of two."""
    if shared:
        return layer_shapes(inputs, size + 1, hidden=hidden)
    return actor_critic_shapes(inputs, size, 1, hidden=hidden)


class PolicyAgent(Resumable):
    """What a run asks of every agent with a policy.

    networks: Keras models whose weights are saved, the policy's first. acting: their NumPy copy, made by `player`.
    """

    player: Any = ActingPolicy
    networks: Sequence[Any]
    acting: Any

    def weights(self) -> Weights:
        """The weights of all networks in one list."""
        return [array for network in self.networks for array in network.get_weights()]

    def policy(self, weights: Weights) -> Any:
        """The greedy policy of such weights."""
        return self.player(weights).greedy

    def trained(self) -> list[Any]:
        """The variables as they stand at the end of a compiled step, to hand out with its other results.

        Reading them one by one from outside takes longer than the step itself."""
        return [tf.identity(variable) for network in self.networks for variable in network.trainable_variables]

    def refresh(self, trained: Sequence[Any] | None = None) -> None:
        """Bring the copy that acts up to date."""
        self.acting.set(self.weights() if trained is None else [tensor.numpy() for tensor in trained])

    def restore(self, state: State) -> None:
        """Take over a state."""
        super().restore(state)
        self.refresh()


def check_policy_options(options: RunOptions) -> None:
    """Raise UserError for the first option of a policy-gradient chapter that is out of range."""
    given: dict[str, Any] = vars(options)
    for name, high in (
        ("learning_rate", 1),
        ("critic_learning_rate", 1),
        ("gradient_norm", 1e9),
        ("reward_scale", 1e9),
    ):
        if name in given:
            check_between("--" + name.replace("_", "-"), given[name], 0, high, open_low=True)
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
