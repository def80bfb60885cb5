"""The bandit in the window: a learner with its arms, and the user as one more learner on the same arms."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from common.language import N_, _
from gridworld.window.arms import ArmsLesson, ArmsPicture
from gridworld.window.lesson import Button, Setting, Strip
from tabular.parts.bandits.arms import Arms
from tabular.parts.bandits.bandit_options import BanditOptions

import numpy as np

_SETTINGS = {
    N_("epsilon"): ("epsilon", 0.0, 1.0),
    N_("step size, 0 is 1 / n"): ("step_size", 0.0, 1.0),
    N_("UCB: confidence"): ("confidence", 0.0, 5.0),
    N_("gradient: step size"): ("gradient_step_size", 0.01, 2.0),
}
_OF = N_({"Epsilon-greedy": (0, 1), "UCB": (1, 2), "Gradient": (3,)})
"""Which settings a learner has."""


class BanditLesson(ArmsLesson):
    """Arms and what has been pulled so far. All lessons of one seed have the same arms."""

    def __init__(self, title: str, options: BanditOptions) -> None:
        super().__init__(title, _("one state, {arms} arms", arms=options.arms))
        self.options, self.seed = options, options.seed
        self.truth_shown = False
        self._begin()

    def _begin(self) -> None:
        o = self.options
        self.env = Arms(o.arms, o.mean, drift=o.drift)
        self.env.reset(seed=self.seed)
        self.pulls, self.sums = np.zeros(o.arms, np.int64), np.zeros(o.arms)
        self.rewards: list[float] = []
        self.means_so_far: list[float] = []
        self.share_so_far: list[float] = []
        self.hits = 0
        self.last: tuple[int, float] | None = None

    def note(self, arm: int, reward: float, was_best: bool) -> None:
        """Count a pull and what it paid."""
        self.pulls[arm] += 1
        self.sums[arm] += reward
        self.rewards.append(reward)
        self.hits += was_best
        self.means_so_far.append(float(self.sums.sum()) / len(self.rewards))
        self.share_so_far.append(100 * self.hits / len(self.rewards))
        self.last = arm, reward

    @property
    def estimates(self) -> np.ndarray:
        """[k] the mean of what each arm has paid, NaN where it was never pulled."""
        with np.errstate(invalid="ignore"):
            return self.sums / np.where(self.pulls, self.pulls, np.nan)

    @property
    def half_widths(self) -> np.ndarray:
        """[k] two standard errors of those means; without bound where an arm was never pulled."""
        with np.errstate(divide="ignore"):
            halves: np.ndarray = 2 / np.sqrt(self.pulls)
        return halves

    def arms_picture(self) -> ArmsPicture:
        values, half = self.estimates, self.half_widths
        means = self.env.means if self.truth_shown else None
        return ArmsPicture(values, values - half, values + half, self.pulls, self.last, means, note="mean ± 2 / √n")

    def status(self) -> list[tuple[str, str]]:
        if self.last is None:
            return [(_("0 pulls"), "")]
        best = _(",  best arm {share:.0f} %", share=self.share_so_far[-1]) if self.truth_shown else ""
        return [
            (
                _("{count:,} pulls", count=len(self.rewards)),
                _("mean {mean:.3f}{best}", mean=self.means_so_far[-1], best=best),
            )
        ]

    def strips(self) -> list[Strip]:
        strips = [Strip("mean reward so far", {"reward": self.means_so_far}, x="pull")]
        return (
            [*strips, Strip("% best arm so far", {"best": self.share_so_far}, x="pull")] if self.truth_shown else strips
        )

    def buttons(self) -> list[Button]:
        return [
            Button("Truth", self._toggle_truth, key="t"),
            Button("New arms", self._other_arms, key="o"),
        ]

    def _toggle_truth(self) -> None:
        self.truth_shown = not self.truth_shown

    def _other_arms(self) -> None:
        self.seed += 1
        self.reset()

    def reset(self) -> None:
        super().reset()
        self._begin()


class LearnerLesson(BanditLesson):
    """One of the chapter's learners. A step is a pull."""

    def __init__(
        self, title: str, kind: Callable[[Any], Any], train: Callable[..., Iterator[tuple[int, float]]], options: Any
    ) -> None:
        self._kind, self._train = kind, train
        super().__init__(title, options)

    def _begin(self) -> None:
        super()._begin()
        self.agent = self._kind(self.options)
        self._steps = self._train(self.env, self.agent, 10**9)
        self._update: tuple[float, float] | None = None

    @property
    def done(self) -> bool:
        return len(self.rewards) >= self.options.pulls

    def advance(self, steps: int) -> None:
        for _step in range(steps):
            if self.done:
                break
            best, before = self.env.best, list(self.agent.values)
            arm, reward = next(self._steps)
            self._update = before[arm], self.agent.values[arm]
            self.note(arm, reward, arm == best)

    def arms_picture(self) -> ArmsPicture:
        picture = super().arms_picture()
        if self.title == "UCB":
            values = np.where(self.pulls, self.agent.values, np.nan)
            upper = values + np.array(self.agent.bonuses())
            return picture.with_(values=values, low=values, high=upper, note="q + c √(ln t / n)")
        if self.title == "Gradient":
            return picture.with_(probabilities=np.array(self.agent.policy()), note="mean reward; below: π")
        # An optimistic value is shown from the start.
        known = self.pulls > 0 if self.options.initial_value == 0 else np.ones_like(self.pulls, bool)
        values, half = np.where(known, self.agent.values, np.nan), self.half_widths
        return picture.with_(values=values, low=values - half, high=values + half)

    def status(self) -> list[tuple[str, str]]:
        lines = super().status()
        if self._update is not None and self.last is not None:
            name = "h" if self.title == "Gradient" else "q"
            old, new = self._update
            lines.append(
                (
                    f"{name}({self.last[0] + 1})",
                    _("reward {reward:.2f}:  {old:.3f} → {new:.3f}", reward=self.last[1], old=old, new=new),
                )
            )
        return lines

    def settings(self) -> list[Setting]:
        labels = list(_SETTINGS)
        return [self._setting(labels[at]) for at in _OF[self.title]]

    def _setting(self, label: str) -> Setting:
        name, low, high = _SETTINGS[label]
        return Setting(label, lambda: float(getattr(self.options, name)), lambda x: self._set(name, x), low, high)

    def _set(self, name: str, value: float) -> None:
        self.options = replace(self.options, **{name: value})  # type: ignore[arg-type]
        self.agent.options = self.options


class HandLesson(BanditLesson):
    """The user's own arms: a click or a digit pulls one."""

    by_hand = True

    def __init__(self, options: BanditOptions) -> None:
        super().__init__(N_("You"), options)

    @property
    def done(self) -> bool:
        return True

    def pull(self, arm: int) -> None:
        best = self.env.best
        reward = self.env.step(arm)[1]
        self.note(arm, reward, arm == best)
        self.say("arm {arm} paid {reward:.2f}", arm=arm + 1, reward=reward)
