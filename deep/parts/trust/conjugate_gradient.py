"""Solves A x = b for a matrix that nobody writes down: all that is asked for is its product with a vector."""

from collections.abc import Callable
from typing import Any

import numpy as np

Vector = np.ndarray


def conjugate_gradient(
    product: Callable[[Vector], Any], b: Vector, iterations: int, tolerance: float = 1e-10
) -> Vector:
    """x [n] with A x = b [n], for a symmetric matrix A whose curvature is positive in every direction.

    product: v -> A v. Each iteration asks for one product, and goes as far along a new direction as is best. That
    direction is conjugate to all earlier ones, d A d' = 0, and so spoils nothing of what they have gained: n iterations
    are enough, were it not for rounding, and a few come near. It stops early once |b - A x|^2 is no more than the
    tolerance times |b|^2. Nocedal and Wright (2006), algorithm 5.2.
    """
    x = np.zeros_like(b, np.float64)
    residual = np.array(b, np.float64)  # b - A x: what is still missing
    direction = residual.copy()
    missing = enough = residual @ residual
    for _ in range(iterations):
        if missing <= tolerance * enough:
            break
        curved = np.asarray(product(direction), np.float64)
        # alpha = r^T r / d^T A d: how far along d is best
        length = missing / (direction @ curved)
        x += length * direction
        residual -= length * curved
        before, missing = missing, residual @ residual
        # d = r + (r^T r / that of before) d: the next direction, conjugate to this one
        direction = residual + missing / before * direction
    return x
