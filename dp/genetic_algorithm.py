"""A genetic algorithm: breed policies. The good ones have children, which mix them and change a little.

    f(pi)  = sum_s w(s) v_pi(s)                                fitness: what a policy is worth on average
    parent = the best of some policies drawn at random         selection, by tournament
    pi(s) <- first(s) or second(s), each half of the time      crossover of two parents, state by state
    pi(s) <- an action at random, now and then                 mutation

Like dynamic programming it keeps what is good and changes it a little. But it asks for a single number a policy and
never looks into it: not at states, not at rewards, not at where an action leads. So it needs no model (--episodes plays
to find that number out), and it cannot see which of a policy's actions was the good one.

Holland (1975), Adaptation in Natural and Artificial Systems. Goldberg & Deb (1991) on tournaments.
    python dp/genetic_algorithm.py                                     watch it
    python dp/genetic_algorithm.py --headless                          beside value iteration, in numbers
    python dp/genetic_algorithm.py --headless --episodes 5             without a model
    python dp/genetic_algorithm.py --headless --fitness start          where nothing can be selected
"""

from dp.parts.exact import policy_values
from dp.parts.genetic.lesson import GeneticLesson
from dp.parts.genetic.options import GeneticOptions as Options
from dp.parts.genetic.report import Player, launch, weights
from dp.value_iteration import ValueIteration
from gridworld.mdp import MDP, Floats

import numpy as np
from numpy.typing import NDArray

Actions = NDArray[np.intp]
"""[n, S] one action a state for each of n policies."""


class GeneticAlgorithm:
    """policies: [population, S] an action a state, at first at random; fitness: [population] what each is worth.

    parents: [children, 2] who was selected; children: [children, S] what came of them; both None before their time.
    generation: how many there were; evaluations: how many policies were evaluated in all.
    """

    def __init__(self, mdp: MDP, options: Options | None = None) -> None:
        self.mdp, self.options = mdp, options or Options()
        self.discount = self.options.discount
        self.random = np.random.default_rng(self.options.seed)
        self.weights = weights(mdp, self.options)
        self.player = Player(mdp, self.weights, self.options, self.random)
        self.generation = self.evaluations = 0
        self.policies = self.actions_at_random(self.options.population)
        self.fitness = self.evaluate(self.policies)
        self.parents: Actions | None = None
        self.children: Actions | None = None

    def solve(self) -> None:
        """All generations that the options ask for."""
        while self.generation < self.options.generations:
            self.select()
            self.cross()
            self.mutate()

    def evaluate(self, policies: Actions) -> Floats:
        """[n] what each of the policies [n, S] is worth."""
        self.evaluations += len(policies)
        if self.options.episodes:
            return np.array([self.player.mean_return(each) for each in policies])
        # f(pi) = sum_s w(s) v_pi(s)
        return np.array(
            [self.weights @ policy_values(self.mdp, self.one_hot(each), self.discount) for each in policies]
        )

    def select(self) -> None:
        """Choose two parents for every child, each the winner of a tournament of its own."""
        pairs = (self.options.population - self.options.elite, 2)
        drawn = self.random.integers(len(self.policies), size=(*pairs, self.options.tournament))
        # parent = argmax of f(pi) over the policies drawn
        winner = self.fitness[drawn].argmax(axis=2)
        self.parents = np.take_along_axis(drawn, winner[:, :, None], axis=2)[:, :, 0]

    def cross(self) -> None:
        """Make the children, unchanged yet: in each state one parent's action or the other's."""
        assert self.parents is not None
        first, second = self.policies[self.parents[:, 0]], self.policies[self.parents[:, 1]]
        # pi(s) <- first(s) or second(s), each half of the time
        self.children = np.where(self.random.random(first.shape) < 0.5, first, second)

    def mutate(self) -> None:
        """Change the children a little, and let them and the elite be the next generation."""
        assert self.children is not None
        mutates = self.random.random(self.children.shape) < self.options.mutation
        # pi(s) <- an action at random
        self.children = np.where(mutates, self.actions_at_random(len(self.children)), self.children)
        elite = np.argsort(-self.fitness, kind="stable")[: self.options.elite]
        # What was played is played again: a policy may have been lucky.
        kept = self.evaluate(self.policies[elite]) if self.options.episodes else self.fitness[elite]
        self.fitness = np.concatenate([kept, self.evaluate(self.children)])
        self.policies = np.concatenate([self.policies[elite], self.children])
        self.generation += 1
        self.parents = self.children = None

    def take_over(self, other: "GeneticAlgorithm") -> None:
        """Go on with another's population in this one's world."""
        self.policies, self.fitness = other.policies, self.evaluate(other.policies)
        self.generation, self.evaluations = other.generation, other.evaluations + len(other.policies)

    def actions_at_random(self, n: int) -> Actions:
        """[n, S] actions, each that a state has equally likely."""
        draws = self.random.random((n, *self.mdp.available.shape))
        return np.asarray(np.where(self.mdp.available, draws, -1.0).argmax(axis=2))

    def one_hot(self, actions: Actions) -> Floats:
        """[S, A] the policy that takes these actions [S]."""
        return np.eye(self.mdp.n_actions)[actions]

    @property
    def policy(self) -> Floats:
        """[S, A] the best policy that lives."""
        return self.one_hot(self.policies[self.fitness.argmax()])

    @property
    def values(self) -> Floats:
        """[S] what the best policy is worth everywhere: known to us, who have the model; the algorithm does not ask."""
        return policy_values(self.mdp, self.policy, self.discount)

    @property
    def shares(self) -> Floats:
        """[S, A] how many of the population take each action."""
        return np.asarray(np.eye(self.mdp.n_actions)[self.policies].mean(axis=0))


if __name__ == "__main__":
    launch(GeneticAlgorithm, Options, GeneticLesson, ValueIteration)
