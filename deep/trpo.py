"""Trust region policy optimisation (TRPO): A2C whose steps are measured in policy, not in weights.

    maximise  L(theta) = E[ pi_theta(A_t|S_t) / pi_old(A_t|S_t) * A_t ]  such that  E[ KL(pi_old || pi_theta) ] <= delta

Near the old weights L is a slope g and the KL divergence a bowl, 1/2 x^T F x of a step x, with the Fisher matrix F:
    x  =  sqrt(2 delta / (g^T F^-1 g))  F^-1 g            the natural gradient, as long as the bowl allows
F has as many entries as weights squared; F^-1 g is found from products F v alone, by conjugate gradient. Both pictures
are only nearly right, so the step is shortened until the true KL divergence is within delta and the true L has grown.
Schulman et al. (2015), Trust region policy optimization, section 6 and appendix C.
    python deep/trpo.py                         train on CartPole-v1 until it is solved
    python deep/trpo.py --env Pendulum-v1       the same with continuous actions and the defaults for these
    python deep/trpo.py --demo                  watch the weights that come with the course
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from common.options import Bounds, Count, Fraction, NotNegative, Positive, Rate, Several, Sizes
from common.runs.run_options import RunOptions
from deep.a2c import A2C, train
from deep.parts.agent import Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.trust.conjugate_gradient import conjugate_gradient
from deep.parts.trust.vectors import assign, flat

import numpy as np


@dataclass(frozen=True)
class Options(RunOptions):
    """Trust region policy optimisation."""

    evaluate_every: Count = 256
    environments: Several = 4
    """environments that step together"""
    rollout: Count = 64
    """steps of each environment between two updates"""
    hidden: Sizes = (64,)
    """sizes of the hidden layers"""
    discount: Fraction = 0.99
    """what a reward one step later is worth"""
    trace_decay: Fraction = 0.97
    """lambda: 0 trusts the values after one step, 1 only at the end of the rollout"""
    delta: Positive = 0.02
    """the trust region: how large the mean KL divergence from the old policy may be after an update, in nats"""
    iterations: Count = 10
    """of conjugate gradient"""
    damping: NotNegative = 0.01
    """added to the diagonal of F, which is nearly flat in some directions"""
    shrink: Annotated[Fraction, Bounds(0, 1, open_low=True, open_high=True)] = 0.8
    """a step that does not hold is tried again at this fraction of its length ..."""
    tries: Several = 10
    """... at most so often; then the policy stays as it is"""
    critic_learning_rate: Rate = 5e-3
    """of the value network's Adam; the policy has no learning rate"""
    critic_steps: Several = 20
    """gradient steps of the value network on each rollout"""
    normalise: bool = False
    """bring observations, and rewards for the value network, to a common scale by running statistics"""


@dataclass(frozen=True)
class ContinuousOptions(Options):
    """Trust region policy optimisation with continuous actions."""

    evaluate_every: Count = 3200
    environments: Several = 16
    rollout: Count = 100
    hidden: Sizes = (64, 64)
    discount: Fraction = 0.95
    trace_decay: Fraction = 0.9
    normalise: bool = True


class TRPO(A2C):
    """A2C's networks; the policy's step is as long as the trust region allows."""

    bounded: ClassVar = {"kl": "delta"}

    def make_optimizers(self) -> None:
        """One for the values; the policy needs none."""
        self.critic_optimizer = keras.optimizers.Adam(self.options.critic_learning_rate)

    def learn(self, last_states: Array) -> None:
        """After every rollout, one step of the policy and several of the values."""
        if len(self.rollout) < self.options.rollout:
            return
        states, actions, advantages, returns = self.batch(last_states)
        self.improve(states, actions, advantages)
        self.fit.each(*(np.repeat(part[None], self.options.critic_steps, axis=0) for part in (states, returns)))

    def improve(self, states: Array, actions: Array, advantages: Array) -> None:
        """One step of the policy, within the trust region."""
        o, start = self.options, self.slope(states, actions, advantages)
        # F x = g, so x = F^-1 g, from products F v alone
        natural = conjugate_gradient(lambda v: self.fisher(states, v)["product"], start["gradient"], o.iterations)
        curvature = max(natural @ self.fisher(states, natural)["product"], np.finfo(np.float32).tiny)
        # 1/2 x^T F x = delta, so the longest step is sqrt(2 delta / x^T F x) times F^-1 g
        step = np.sqrt(2 * o.delta / curvature) * natural
        # KL <= delta and L > L(old) are asked of the policy itself, from the longest step down; 0 is to stay
        for length in [*o.shrink ** np.arange(o.tries), 0.0]:
            moved = self.move(start["weights"] + length * step, states, actions, advantages, start["outputs"])
            if moved["kl"] <= o.delta and moved["gain"] > 0:
                break
        largest = max(moved["kl"], self.numbers.get("largest_kl", 0.0))
        self.numbers.update({"length": float(length), "largest_kl": largest})

    @compiled
    def slope(self, states: Tensor, actions: Tensor, advantages: Tensor) -> Numbers:
        """The weights, the outputs of the policy that played, and g, the gradient of L there."""
        weights = self.actor.trainable_variables
        with tf.GradientTape() as tape:
            outputs = self.actor(states)
            gain = self.surrogate(tf.stop_gradient(outputs), outputs, actions, advantages)
        # g = grad L(theta), which at the old weights is the gradient of A2C
        return {"weights": flat(weights), "outputs": outputs, "gradient": flat(tape.gradient(gain, weights))}

    def surrogate(self, old: Tensor, outputs: Tensor, actions: Tensor, advantages: Tensor) -> Tensor:
        """L: what the policy with these outputs is worth, judged by the steps of the one with the old outputs."""
        ratio = tf.exp(self._policy.log_probability(outputs, actions) - self._policy.log_probability(old, actions))
        # L(theta) = E[ pi_theta(A_t|S_t) / pi_old(A_t|S_t) * A_t ]
        return tf.reduce_mean(ratio * advantages)

    @compiled
    def fisher(self, states: Tensor, vector: Tensor) -> Numbers:
        """F v: F is the curvature of the KL divergence at the old weights, its second derivative."""
        weights = self.actor.trainable_variables
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                outputs = self.actor(states)
                kl = tf.reduce_mean(self._policy.divergence(tf.stop_gradient(outputs), outputs))
            along = tf.reduce_sum(flat(inner.gradient(kl, weights)) * vector)
        # F v = grad (grad KL . v): the slope of a slope; the damping keeps F from being flat
        return {"product": flat(outer.gradient(along, weights)) + self.options.damping * vector}

    @compiled
    def move(self, weights: Tensor, states: Tensor, actions: Tensor, advantages: Tensor, old: Tensor) -> Numbers:
        """Give the policy these weights; how far it is then from the one with the old outputs, and what it gains."""
        assign(self.actor.trainable_variables, weights)
        outputs = self.actor(states)
        kl = tf.reduce_mean(self._policy.divergence(old, outputs))
        gain = self.surrogate(old, outputs, actions, advantages) - tf.reduce_mean(advantages)
        return {"kl": kl, "gain": gain, "entropy": tf.reduce_mean(self._policy.entropy(outputs))}

    @compiled
    def fit(self, states: Tensor, returns: Tensor) -> Numbers:
        """One step of the values towards what the rollout says the states are worth."""
        with tf.GradientTape() as tape:
            value_error = tf.reduce_mean(tf.square(returns - self.critic(states)[:, 0]))
        gradient = tape.gradient(value_error, self.critic.trainable_variables)
        self.critic_optimizer.apply(gradient, self.critic.trainable_variables)
        return {"value_error": value_error}


if __name__ == "__main__":
    launch("trpo", Options, TRPO, train, ContinuousOptions)
