"""Example 6.1 of the book: how long the drive home will take, as it is thought on the way."""

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line

import numpy as np

PLACES = ("office", "car", "highway", "truck", "street", "home")
MINUTES = np.array([0.0, 5, 20, 30, 40, 43])
"""When each place was reached."""
TO_GO = np.array([30.0, 35, 15, 10, 3, 0])
"""How many minutes more it was thought to take there."""


def changes(to_go: np.ndarray = TO_GO, minutes: np.ndarray = MINUTES) -> tuple[np.ndarray, np.ndarray]:
    """[places but the last] by how much TD(0) and Monte Carlo would change each prediction, step size 1."""
    # target = r + v(s')
    td = np.diff(minutes) + to_go[1:] - to_go[:-1]
    # target = G
    monte_carlo = minutes[-1] - minutes[:-1] - to_go[:-1]
    return td, monte_carlo


def _make(seed: int) -> Drawn:
    td, monte_carlo = changes()
    total, x = MINUTES + TO_GO, np.arange(len(PLACES))
    actual = Line("how long it took", x, np.full(len(x), MINUTES[-1]), dashed=True)
    thought = Line("thought on the way", x, total)
    panels = []
    for title, change in (("Monte Carlo", monte_carlo), ("TD(0)", td)):
        after = Line(f"after {title}'s change", x[:-1], total[:-1] + change)
        names = ", ".join(PLACES)
        panels.append(Panel(title, names, "minutes in all", [thought, after, actual], limits=(28, 48)))
    numbers = [
        Number(f"{title}: change at {place}, minutes", change[at], book, digits=0)
        for title, change, books in (
            ("Monte Carlo", monte_carlo, {2: "8"}),
            ("TD(0)", td, {}),
        )
        for at, place in enumerate(PLACES[:-1])
        for book in [books.get(at, "")]
    ]
    return Drawn(panels, numbers)


figure_6_1 = Figure("Figure 6.1", "the drive home: what each method would change, step size 1", _make)
