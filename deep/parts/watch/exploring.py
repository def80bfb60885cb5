"""How an agent acts while it trains, by what its networks say: in NumPy, for a window shows it without TensorFlow."""

from dataclasses import replace
from typing import Any

from common.language import _
from common.networks.acting import Decision
from deep.parts.continuous.noise import OrnsteinUhlenbeck

import numpy as np

Array = np.ndarray


class Exploring:
    """Turns the greedy decision of a state into one that the chapter's agent could make while it trains.

    Action values: any action with probability epsilon. Probabilities: drawn from them. Means with a deviation: drawn
    from that normal distribution. A plain continuous action: with the noise of --theta and --sigma on it; where the
    options have none, what the agent draws from is not in its file.
    bounds: low and high [parts] of a continuous action.
    """

    def __init__(self, options: Any, bounds: tuple[Array, Array] | None, generator: np.random.Generator) -> None:
        self.options, self.bounds, self.generator = options, bounds, generator
        self._noise: OrnsteinUhlenbeck | None = None
        if bounds is not None and hasattr(options, "sigma"):
            low, high = bounds
            self._noise = OrnsteinUhlenbeck(options.theta, options.sigma * (high - low) / 2)

    def knows(self, decision: Decision) -> bool:
        """Whether exploring is more than the greedy decision."""
        if decision.title == "action values":
            return hasattr(self.options, "epsilon_end")
        return decision.title == "probabilities" or decision.deviation is not None or self._noise is not None

    def reset(self) -> None:
        """An episode begins."""
        if self._noise is not None:
            self._noise.reset()

    def decide(self, decision: Decision, epsilon: float | None, step: int | None) -> Decision:
        """epsilon: of now; None takes the one that training ends with. step: of training, None after it."""
        if decision.title == "action values" and self.knows(decision):
            chance = self.options.epsilon_end if epsilon is None else epsilon
            if self.generator.random() < chance:
                action = int(self.generator.integers(len(decision.numbers)))
                return replace(decision, action=action, explored=True)
        elif decision.title == "probabilities":
            shares = np.asarray(decision.numbers, float)
            return replace(decision, action=int(self.generator.choice(len(shares), p=shares / shares.sum())))
        elif self.bounds is not None:
            return self._continuous(decision, step)
        return decision

    def _continuous(self, decision: Decision, step: int | None) -> Decision:
        assert self.bounds is not None
        low, high = self.bounds
        if decision.deviation is not None:
            action = decision.numbers + decision.deviation * self.generator.standard_normal(len(decision.numbers))
        elif self._noise is None:
            return decision
        elif step is not None and step < self.options.learning_starts:
            action = self.generator.uniform(low, high)
        else:
            action = decision.numbers + self._noise.draw(self.generator)
        return replace(decision, action=np.clip(action, low, high).astype(np.float32))


def learning_reward(options: Any) -> str:
    """What a run with these options learns from, where it is not the environment's reward; else nothing."""
    words = whole = _("reward")
    if (penalty := getattr(options, "fall_penalty", 0)) > 0:
        words = _("reward, {penalty:g} less at a fall", penalty=penalty)
    if (scale := getattr(options, "reward_scale", 1)) != 1:
        words = f"{scale:g} × {words}"
    if getattr(options, "normalise", False):
        words = _("{words} / deviation of the returns", words=words)
    return "" if words == whole else words
