"""What trained networks do: the greedy action of each state, and what a demo shows of one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from common.language import N_
from common.networks.activations import softmax

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Forward = Callable[[Array], Array]
"""states [n, inputs] or [inputs] -> outputs [n, outputs] or [outputs]"""


@dataclass(frozen=True)
class Decision:
    """An action, and the numbers behind it to draw as bars.

    title: what the numbers are, "action values", "probabilities" (these fill bars from 0 to 1) or, where the numbers
    are the parts of a continuous action themselves, "action".
    value: what the state is worth, drawn over time as a strip; None where no network says so.
    deviation: of a Gaussian policy, whose means the numbers are; None where there is none.
    explored: whether the action was drawn without regard to the numbers.
    """

    action: Any
    title: str
    numbers: Array
    value: float | None = None
    deviation: Array | None = None
    explored: bool = False


class Greedy:
    """The greedy policy of networks by their role.

    q: states -> a value for each action; the best is taken. policy: states -> a logit for each action; the likeliest is
    taken. action: states -> continuous actions [n, parts], taken as they are. gaussian: states -> means of continuous
    actions and behind them the logarithms of deviations [n, 2 parts]; the means are taken. value: states -> [n, 1], a q
    beside a policy, or a q beside an action, which reads the state and behind it the action: only shown.
    """

    def __init__(self, networks: Mapping[str, Forward]) -> None:
        self.networks = networks

    def __call__(self, states: Array) -> Array:
        """The actions [n] or, where they are continuous, [n, parts] for states [n, inputs]."""
        if "action" in self.networks:
            return self.networks["action"](states)
        if "gaussian" in self.networks:
            return _means(self.networks["gaussian"](states))
        outputs: Array = self.networks["policy" if "policy" in self.networks else "q"](states)
        return outputs.argmax(axis=-1)

    def decide(self, state: Array) -> Decision:
        """The action for one state [inputs], with what a demo shows."""
        networks = self.networks
        if "action" in networks:
            action = networks["action"](state)
            value = float(networks["q"](np.concatenate([state, action]))[0]) if "q" in networks else None
            return Decision(action, "action", action, value)
        if "gaussian" in networks:
            outputs = networks["gaussian"](state)
            action, deviation = _means(outputs), np.exp(outputs[outputs.shape[-1] // 2 :])
            value = float(networks["value"](state)[0]) if "value" in networks else None
            return Decision(action, "action", action, value, deviation)
        if "policy" not in networks:
            values = networks["q"](state)
            return Decision(int(values.argmax()), N_("action values"), values)
        probabilities = softmax(networks["policy"](state))
        value = None
        if "value" in networks:
            value = float(networks["value"](state)[0])
        elif "q" in networks:
            # v(s) = sum_a pi(a|s) q(s, a)
            value = float((probabilities * networks["q"](state)).sum())
        return Decision(int(probabilities.argmax()), N_("probabilities"), probabilities, value)


def _means(outputs: Array) -> Array:
    """The first half of the numbers."""
    return outputs[..., : outputs.shape[-1] // 2]
