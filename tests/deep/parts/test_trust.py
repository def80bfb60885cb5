"""Conjugate gradient against a solver that has the matrix; weights as a vector and back."""

from itertools import pairwise

from deep.parts.lazy import tf
from deep.parts.trust.conjugate_gradient import conjugate_gradient
from deep.parts.trust.vectors import assign, flat

import numpy as np
import pytest


def positive(size: int, seed: int = 0) -> np.ndarray:
    """A symmetric matrix [size, size] whose curvature is positive in every direction."""
    root = np.random.default_rng(seed).normal(size=(size, size))
    return root @ root.T / size + np.eye(size)


@pytest.mark.parametrize("size", [1, 2, 5, 20])
def test_as_many_iterations_as_unknowns_solve_the_system(size: int) -> None:
    matrix, b = positive(size), np.random.default_rng(1).normal(size=size)
    found = conjugate_gradient(lambda v: matrix @ v, b, iterations=size, tolerance=0.0)
    np.testing.assert_allclose(found, np.linalg.solve(matrix, b), rtol=1e-6, atol=1e-9)


def test_as_many_iterations_as_there_are_different_curvatures_are_enough() -> None:
    """Three eigenvalues, fifty unknowns: three iterations, and two are not enough."""
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(50, 50)))[0]
    matrix = turn @ np.diag(np.resize([1.0, 4.0, 30.0], 50)) @ turn.T
    b = np.random.default_rng(1).normal(size=50)
    errors = [
        np.linalg.norm(conjugate_gradient(lambda v: matrix @ v, b, count) - np.linalg.solve(matrix, b))
        for count in (2, 3)
    ]
    assert errors[0] > 1e-2 and errors[1] < 1e-9


def test_every_iteration_comes_nearer_measured_in_the_curvature() -> None:
    """(x - x*)^T A (x - x*) falls; steepest descent, of as many products, is further away."""
    matrix, b = positive(30), np.random.default_rng(1).normal(size=30)
    solution = np.linalg.solve(matrix, b)

    def distance(x: np.ndarray) -> float:
        return float((x - solution) @ matrix @ (x - solution))

    away = [distance(conjugate_gradient(lambda v: matrix @ v, b, count)) for count in range(1, 12)]
    assert all(later < sooner for sooner, later in pairwise(away))
    x = np.zeros(30)
    for _ in range(11):
        residual = b - matrix @ x
        x = x + residual @ residual / (residual @ matrix @ residual) * residual
    assert away[-1] < distance(x) / 10


def test_directions_are_conjugate_and_one_product_is_asked_for_each() -> None:
    matrix, asked = positive(8), []

    def product(v: np.ndarray) -> np.ndarray:
        asked.append(v.copy())
        return matrix @ v

    conjugate_gradient(product, np.arange(8.0), 5)
    between = np.array(asked) @ matrix @ np.array(asked).T
    assert len(asked) == 5
    np.testing.assert_allclose(between - np.diag(np.diag(between)), 0.0, atol=1e-8 * between.max())


def test_nothing_is_asked_where_nothing_is_missing() -> None:
    assert conjugate_gradient(lambda v: pytest.fail("asked"), np.zeros(3), 10).tolist() == [0.0, 0.0, 0.0]


def test_weights_survive_the_way_to_a_vector_and_back() -> None:
    variables = [tf.Variable(np.arange(6.0).reshape(2, 3)), tf.Variable([7.0, 8.0], dtype=tf.float64)]
    vector = flat(variables)
    assert vector.numpy().tolist() == [0, 1, 2, 3, 4, 5, 7, 8]
    assign(variables, 2 * vector)
    assert variables[0].numpy().tolist() == [[0, 2, 4], [6, 8, 10]] and variables[1].numpy().tolist() == [14, 16]
