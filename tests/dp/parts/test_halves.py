"""Sweeps by halves, and the chain of a fixed policy."""

import numpy as np
import pytest

from dp.parts.chain import Chain
from dp.parts.halves import halves, odd_states, whole
from gridworld import MDP, GridWorld


@pytest.mark.parametrize("slip", [0.0, 0.3])
def test_on_a_grid_the_halves_are_the_squares_of_a_chessboard(slip: float) -> None:
    world = GridWorld.random(12, seed=4, slip=slip)
    odd = odd_states(world.mdp()).reshape(12, 12)
    row, column = np.indices((12, 12))
    open_cells = ~(world.where("wall") | world.where("terminal"))
    assert (odd == ((row + column) % 2 == 1))[open_cells].all()


@pytest.mark.parametrize("name", ["course", "windy", "sutton-3-5", "rooms"])
def test_the_parts_back_up_every_state_once_and_as_the_whole_does(name: str) -> None:
    mdp = GridWorld.load(name).mdp()
    check_parts(mdp)
    check_parts(MDP.from_table(mdp.to_table()))


def check_parts(mdp: MDP) -> None:
    values = np.random.default_rng(0).normal(size=mdp.n_states)
    expected = mdp.action_values(values, 0.9)
    for parts in (halves(mdp), whole(mdp)):
        found = np.full_like(expected, np.nan)
        for part in parts:
            found[part.states] = part.action_values(values, 0.9)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_states_that_lead_nowhere_are_in_a_half_as_well() -> None:
    table = {state: {0: [(1.0, state, 0.0, False)]} for state in range(3)}
    assert sum(len(part.states) for part in halves(MDP.from_table(table))) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize("slip", [0.0, 0.2])
def test_sweeps_of_the_chain_tend_to_the_values_of_its_policy(slip: float) -> None:
    mdp = GridWorld.random(8, seed=1, slip=slip).mdp()
    random = np.random.default_rng(2)
    chain = Chain(mdp, 0.9)
    for _ in range(3):
        # Following another policy changes only what has to change.
        actions = random.integers(0, mdp.n_actions, mdp.n_states).astype(np.int16)
        chain.follow(actions)
        values = chain.sweep(np.zeros(mdp.n_states), 400)
        chosen = mdp.action_values(values, 0.9)[np.arange(mdp.n_states), actions]
        np.testing.assert_allclose(values, chosen, atol=1e-12)
