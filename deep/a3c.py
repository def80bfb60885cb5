"""Asynchronous advantage actor-critic (A3C): learners in processes of their own share one network.

    a learner:    theta'  <-  theta;  a rollout of its own;  d  =  the gradients of A2C at theta'
    the network:  theta   <-  theta - a step along d               as soon as d comes, whatever theta is by then

Nobody waits for anybody. The price: while a learner worked, others have moved theta, and its d is of older weights.
Mnih et al. (2016), Asynchronous methods for deep reinforcement learning, algorithm S3.
    python deep/a3c.py                          train on CartPole-v1 until it is solved
    python deep/a3c.py --demo                   watch the weights that come with the course
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import deep.a2c
from common.environments.training import TrainingEnvironments
from common.errors import UserError
from common.options import Several
from common.runs.run import Run
from deep.a2c import A2C
from deep.parts.agent import Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.launch import launch
from deep.parts.lazy import tf
from deep.parts.learners.team import Learners
from deep.parts.learners.vectors import one_vector, parts_of
from deep.parts.policies import entropy, log_probability


@dataclass(frozen=True)
class Options(deep.a2c.Options):
    """Asynchronous advantage actor-critic."""

    learners: Several = 2
    """actor-learners, each a process with environments of its own"""
    in_turn: bool = False
    """the learners take turns in this process: nobody is faster, the same seed gives the same weights"""
    ray: str | None = None
    """the learners are actors of Ray: address of a cluster, or `local`"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.in_turn and self.ray is not None:
            raise UserError(
                "--in-turn and --ray {ray} are two places for the learners: leave one of them out", ray=self.ray
            )
        if self.normalise:
            raise UserError("--normalise is for a2c.py: here each learner would have statistics of its own")


class A3C(A2C):
    """A2C, for discrete actions, whose gradients are computed in one place and applied in another."""

    takes_both: ClassVar = False

    def gather(self, envs: TrainingEnvironments, states: Array) -> tuple[Array, dict[str, Any]]:
        """In a learner: play a rollout from these states on; where it ends, and what it says about the weights."""
        for _ in range(self.options.rollout):
            actions = self.act(states)
            next_states, rewards, terminated, truncated, _ = envs.step(actions)
            self.rollout.add(states, actions, rewards, terminated, truncated, envs.restarted)
            states = next_states
        return states, self.gradients(*self.batch(states))

    @compiled
    def gradients(self, states: Tensor, actions: Tensor, advantages: Tensor, returns: Tensor) -> Numbers:
        """In a learner: the gradients of both losses of A2C, in one vector; nothing moves."""
        with tf.GradientTape() as tape:
            logits = self.actor(states)
            objective = tf.reduce_mean(advantages * log_probability(logits, actions))
            mean_entropy = tf.reduce_mean(entropy(logits))
            value_error = tf.reduce_mean(tf.square(returns - self.critic(states)[:, 0]))
            loss = -objective - self.options.entropy_bonus * mean_entropy + value_error
        # d = grad of the losses at theta'; actor and critic share no weights, so of their sum
        gradient = tape.gradient(loss, self.actor.trainable_variables + self.critic.trainable_variables)
        return {"gradient": one_vector(gradient), "entropy": mean_entropy, "value_error": value_error}

    @compiled
    def update(self, gradient: Tensor) -> Numbers:
        """Where the shared network is: one step along a gradient that was computed elsewhere."""
        actor, critic = self.actor.trainable_variables, self.critic.trainable_variables
        parts = parts_of(gradient, actor + critic)
        # theta <- theta - a step along d
        self.optimizer.apply(parts[: len(actor)], actor)
        self.critic_optimizer.apply(parts[len(actor) :], critic)
        return {}


def train(learners: Learners, agent: A3C, run: Run) -> None:
    """The loop of the shared network; that of a learner is `gather`."""
    for _ in run.steps(agent.options.rollout * agent.options.environments):
        learners.hand_out(agent.weights())  # theta' <- theta, to those who have handed in theirs
        gradient, numbers = learners.first()  # whoever is ready first
        agent.update(gradient)
        agent.numbers.update(numbers)


if __name__ == "__main__":
    launch("a3c", Options, A3C, train)
