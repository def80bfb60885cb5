"""What the agents that learn action values have in common and that is not the lecture: saving, playing, checking."""

from typing import Any, ClassVar

import numpy as np

from common.checkpoint import State
from common.options import UserError, check_at_least, check_between
from common.weights import Weights
from deep.parts.acting import ActingNetwork
from deep.parts.networks import layer_shapes
from deep.parts.resumable import Resumable


class ValueAgent(Resumable):
    """An agent with a Keras model `online` of action values and its NumPy copy `acting`, which is a `player`.

    shapes: the layers that `player` reads, for an environment's sizes and hidden layers.
    """

    player: ClassVar[type[ActingNetwork]] = ActingNetwork
    shapes: ClassVar[Any] = staticmethod(layer_shapes)
    online: Any
    acting: ActingNetwork
    epsilon = 1.0
    td_error = 0.0

    def weights(self) -> Weights:
        """The weights to save and to play."""
        return self.online.get_weights()

    def policy(self, weights: Weights) -> Any:
        """The greedy policy of such weights."""
        return self.player(weights).greedy

    def status(self) -> dict[str, float]:
        """For the progress bar: exploration, and the mean absolute TD error of the last burst of learning."""
        return {"epsilon": self.epsilon, "td_error": self.td_error}

    def restore(self, state: State) -> None:
        """Take over what `state` gave."""
        super().restore(state)
        self.acting.set(self.online.get_weights())

    def learned(self, errors: np.ndarray) -> None:
        """After a burst of learning: act with the new weights."""
        self.td_error = float(np.abs(errors).mean())
        self.acting.set(self.online.get_weights())


def check_value_options(options: Any) -> None:
    """Raise UserError for the first option of a value chapter that is out of range."""
    check_between("--learning-rate", options.learning_rate, 0, 1, open_low=True)
    for name in ("discount", "epsilon_end", "epsilon_decay"):
        check_between(_flag(name), getattr(options, name), 0, 1)
    for name in ("n_step", "memory", "batch", "learning_starts", "learn_every", "gradient_steps"):
        check_at_least(_flag(name), getattr(options, name, 1), 1)
    check_at_least("--target-every", getattr(options, "target_every", 0), 0)
    for size in options.hidden:
        check_at_least("--hidden", size, 1)
    if getattr(options, "batch", 0) > getattr(options, "memory", 0):
        raise UserError(
            f"--batch {options.batch} is larger than --memory {options.memory}: shrink it or grow the memory"
        )


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
