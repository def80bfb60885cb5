"""Deep deterministic policy gradient (DDPG): DQN for actions that are numbers, over which nobody can take a maximum.

    Q(s, a)  <-  R + discount * Q_target(s', mu_target(s'))                      terminated: R alone
    grad J   =   E[ grad_a Q(s, a) at a = mu(s)  *  grad mu(s) ]                 the chain rule

The policy mu puts out one action, the one that is to be best. Silver et al. (2014), theorem 1;
Lillicrap et al. (2016), Continuous control with deep reinforcement learning, algorithm 1.
    python deep/ddpg.py                     train on Pendulum-v1 until it is solved
    python deep/ddpg.py --demo              watch the weights that come with the course
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from common.options import Fraction, Rate
from common.runs.run import Run
from deep.parts.agent import Agent, Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.continuous.noise import OrnsteinUhlenbeck
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.learning_options import NoiseOptions
from deep.parts.replay import ReplayMemory
from deep.parts.spaces import ContinuousActions

import gymnasium as gym
from numpy.random import Generator


@dataclass(frozen=True)
class Options(NoiseOptions):
    """Deep deterministic policy gradient."""

    discount: Fraction = 0.95
    tau: Rate = 0.01
    """how far the target networks follow at each gradient step; 1 makes them copies"""


class DDPG(Agent):
    """An actor mu(s), the action; a critic Q(s, a), what it is worth; and a target network of each."""

    roles: ClassVar = {"action": "actor", "q": "critic"}

    def __init__(self, inputs: int, actions: ContinuousActions, options: Options, generator: Generator) -> None:
        self.options, self.generator, self._actions = options, generator, actions
        self.actor, self.actor_target = (self.network(inputs, *actions.layers()) for _ in (1, 2))
        self.critic, self.critic_target = (self.network(inputs + actions.size, keras.layers.Dense(1)) for _ in (1, 2))
        self.actor_target.set_weights(self.actor.get_weights())
        self.critic_target.set_weights(self.critic.get_weights())
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.critic_optimizer = keras.optimizers.Adam(options.critic_learning_rate)
        self.memory, self.learning = ReplayMemory(options.memory), False
        self.noise = OrnsteinUhlenbeck(options.theta, options.sigma * actions.half)

    def network(self, inputs: int, *last: Any) -> Any:
        """mu: states -> actions, or Q: states with an action behind each [n, inputs + size] -> values [n, 1]."""
        hidden = [keras.layers.Dense(size, "relu") for size in self.options.hidden]
        return keras.Sequential([keras.Input((inputs,)), *hidden, *last])

    def act(self, state: Array) -> Array:
        """The policy's action and noise; before learning starts, any action."""
        if not self.learning:
            return self._actions.random(self.generator)
        # A = mu(S) + noise, within the bounds
        return self._actions.within(self.predict(self.actor, state) + self.noise.draw(self.generator))

    def learn(self, step: int) -> None:
        """Once enough is in the memory, one gradient step for each step since the last call, all in one call."""
        self.learning = step >= self.options.learning_starts
        if self.learning and step % self.options.learn_every == 0:
            self.update.each(*self.batches(self.options.learn_every))

    def batches(self, count: int) -> tuple[Array, ...]:
        """What so many gradient steps learn from."""
        return self.memory.sample(count, self.options.batch, self.generator)

    @compiled
    def update(self, state: Tensor, action: Tensor, reward: Tensor, next_state: Tensor, terminated: Tensor) -> Numbers:
        """One step of the critic towards its target, one of the actor up the critic, a little one of the targets."""
        # y = R + discount * Q_target(s', mu_target(s')), R alone where the episode terminated
        target = reward + self.options.discount * (1 - terminated) * self.next_value(next_state)
        loss = self.fit(target, state, action)
        value = self.improve(state)
        self.follow(self.actor, self.actor_target)
        self.follow(self.critic, self.critic_target)
        return {"loss": loss, "value": value}

    def next_value(self, next_state: Tensor) -> Tensor:
        """Q_target(s', mu_target(s')): in place of a maximum, the action of which the policy says that it is best."""
        return self.value(self.critic_target, next_state, self.actor_target(next_state))

    def value(self, critic: Any, state: Tensor, action: Tensor) -> Tensor:
        """Q(s, a) of each state and action."""
        return critic(tf.concat([state, action], axis=1))[:, 0]

    def fit(self, target: Tensor, state: Tensor, action: Tensor) -> Tensor:
        """One step of the critic towards its target, a constant; returns its loss."""
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(target - self.value(self.critic, state, action)))
        gradient = tape.gradient(loss, self.critic.trainable_variables)
        self.critic_optimizer.apply(gradient, self.critic.trainable_variables)
        return loss

    def improve(self, state: Tensor) -> Tensor:
        """One step of the actor up the critic, a constant to it; returns what the critic thinks of its actions."""
        with tf.GradientTape() as tape:
            best = self.actor(state)
        with tf.GradientTape() as slope:
            slope.watch(best)
            worth = tf.reduce_mean(self.value(self.critic, state, best))
        # grad J = E[ grad_a Q(s, a) at a = mu(s) * grad mu(s) ], with a minus, for the optimiser goes down
        gradient = tape.gradient(best, self.actor.trainable_variables, -slope.gradient(worth, best))
        self.optimizer.apply(gradient, self.actor.trainable_variables)
        return worth

    def follow(self, network: Any, target: Any) -> None:
        """One little step of a target network after the one that learns."""
        for weight, target_weight in zip(network.weights, target.weights, strict=True):
            # w_target = tau * w + (1 - tau) * w_target
            target_weight.assign(self.options.tau * weight + (1 - self.options.tau) * target_weight)


def train(env: gym.Env[Any, Any], agent: DDPG, run: Run) -> None:
    """The loop of the chapter."""
    state, _ = env.reset()
    for step in run.steps():
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        agent.memory.add(state, action, agent.options.reward_scale * float(reward), next_state, terminated)
        agent.learn(step)
        state = next_state
        if terminated or truncated:
            state, _ = env.reset()
            agent.noise.reset()


if __name__ == "__main__":
    launch("ddpg", Options, DDPG, train)
