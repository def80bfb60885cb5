"""The numbers of a learner that can be changed while it learns."""

from common.language import N_
from gridworld.window.lesson import Setting
from tabular.parts.method import Agent

_OF_SOME: tuple[tuple[str, str, float, float, int], ...] = (
    (N_("epsilon"), "epsilon", 0.0, 1.0, 2),
    (N_("lambda"), "trace_decay", 0.0, 1.0, 2),
    (N_("planning steps"), "planning_steps", 0, 50, 0),
)
"""(label, an agent's attribute, from, to, digits) of what only some learners have."""


def sliders(agent: Agent, *, own_step_size: bool) -> list[Setting]:
    """A slider for each number; that of the step size has no effect where updates have one of their own."""

    def slider(label: str, name: str, low: float, high: float, digits: int = 2) -> Setting:
        def change(value: float) -> None:
            setattr(agent, name, value if digits else int(value))

        has_effect = name != "step_size" or not own_step_size
        return Setting(label, lambda: getattr(agent, name), change, low, high, digits, lambda: has_effect)

    common = [slider("discount", "discount", 0.0, 1.0), slider("step size", "step_size", 0.01, 1.0)]
    return common + [slider(*each) for each in _OF_SOME if hasattr(agent, each[1])]
