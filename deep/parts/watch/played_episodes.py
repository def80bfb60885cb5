"""Episodes of an environment under a policy, as a lesson of the window: a demo, or beside a training run."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from common.language import N_, _
from common.networks.acting import Decision, Greedy
from common.runs.evaluation import seeds
from common.watch.action_names import action_names
from deep.parts.watch.exploring import Exploring, learning_reward
from deep.parts.watch.news import News, course
from gridworld.window.episodes.episode_lesson import EpisodeLesson
from gridworld.window.lesson import Button, Strip

import gymnasium as gym
import numpy as np

HELD_SECONDS = 0.7
"""How long the end of an episode stays in sight while it plays."""
MEAN_OF = 10
NUMBERS = N_(
    (
        *("epsilon", "entropy", "loss", "value error", "value loss", "td error", "value"),
        *("temperature", "clipped", "kl", "gain", "error"),
    )
)
"""What the chapters' updates return, as the panel says it; a number that is not here keeps its name."""


class PlayedEpisodes(EpisodeLesson):
    """Plays episodes: so many of them, or beside a training run until somebody stops it, each with its newest weights.

    load: gives the greedy policy; source: where its weights come from. news: how the training goes, None for a demo.
    Beside a run the agent explores as the run's does, in a demo it is greedy; a button changes that. scores: the
    returns so far.
    told: called with an episode's number and return when it has ended.
    """

    def __init__(
        self,
        title: str,
        env: gym.Env[Any, Any],
        load: Callable[[], Greedy],
        options: Any,
        *,
        source: str = "",
        news: News | None = None,
        told: Callable[[int, float], None] = lambda number, score: None,
    ) -> None:
        space = env.action_space
        bounds = (space.low, space.high) if isinstance(space, gym.spaces.Box) else None
        super().__init__(title, action_names(env), bounds, float(env.metadata.get("render_fps", 30)))
        self._env, self._load, self.options, self.news, self._told = env, load, options, news, told
        self._source = source
        self._exploring = Exploring(options, bounds, np.random.default_rng([options.seed, 3]))
        self.explores = news is not None
        self._held, self._until = 0, 0.0
        self._plays_best, self._weights_step = False, 0
        self._courses_of, self._made = -1, list[Strip]()
        self.frames_drawn = 60.0 if news is None else 30.0  # training has the processor first
        self.reset()

    def reset(self) -> None:
        """From the first episode on; beside a run, the next one."""
        super().reset()
        self.over = False
        self.episode = 0
        self.scores: list[float] = []
        self._seeds = self._episode_seeds()
        self._begin()

    def _episode_seeds(self) -> Iterator[int]:
        if self.news is None:
            yield from seeds(self.options.seed, self.options.episodes)
        generator = np.random.default_rng(self.options.seed)
        while True:
            yield int(generator.integers(2**31))

    # -- playing

    def _begin(self) -> None:
        if self.news is not None:
            self._weights_step = self.news.weights_step
            if self.news.over and not self._plays_best:
                # The weights that training keeps are played as they were evaluated.
                self._plays_best, self.explores = True, False
        self._policy = self._load()
        self.episode += 1
        self.steps, self.score, self.ended = 0, 0.0, False
        self.values: list[float] = []
        self._exploring.reset()
        self._state, _ = self._env.reset(seed=next(self._seeds))
        self._decide()

    def _decide(self) -> None:
        self._decision = decision = self._policy.decide(self._state)
        if decision.value is not None:
            self.values.append(decision.value)
        elif self.news is None and decision.title == "action values":
            # v(s) = max_a q(s, a)
            self.values.append(float(decision.numbers.max()))
        if self.explores:
            step = None if self.news is None else self.news.step
            self._decision = self._exploring.decide(decision, self._epsilon, step)

    @property
    def _epsilon(self) -> float | None:
        return None if self.news is None else self.news.status.get("epsilon")

    def advance(self, steps: int) -> None:
        for _step in range(steps):
            if self.over:
                return
            self._step()

    def _step(self) -> None:
        if self.ended:
            self._held += 1
            if self.playing and self._held < HELD_SECONDS * self.frames_per_second and time.monotonic() < self._until:
                return
            if self.news is None and self.episode >= self.options.episodes:
                self.over = True
            else:
                self._begin()
            return
        self._state, reward, terminated, truncated, _ = self._env.step(self._decision.action)
        self.score, self.steps = self.score + float(reward), self.steps + 1
        self._decide()
        if terminated or truncated:
            self.ended = True
            self._held, self._until = 0, time.monotonic() + HELD_SECONDS
            self.scores.append(self.score)
            self._told(self.episode, self.score)

    def buttons(self) -> list[Button]:
        if not self._exploring.knows(self._decision):
            return []
        return [Button(N_("Greedy") if self.explores else N_("Explore"), self.toggle_exploring, key="e")]

    def toggle_exploring(self) -> None:
        """Act greedily from the next step on, or explore again."""
        self.explores = not self.explores
        if self.explores:
            self.say("from the next step on the agent explores")
        else:
            self.say("from the next step on the agent is greedy")

    # -- what is shown

    @property
    def decision(self) -> Decision:
        return self._decision

    def picture(self) -> np.ndarray | None:
        frame: Any = self._env.render()
        return None if frame is None else np.asarray(frame)

    def take_news(self) -> bool:
        return self.news is not None and self.news.fresh()

    @property
    def subtitle(self) -> str:
        if self.news is None:
            return self._source
        if self._plays_best:
            return _("the best weights of the training, which has ended")
        return _("with the weights of training step {step:,}", step=self._weights_step)

    @property
    def hint(self) -> str:
        if self.news is None:
            if self._exploring.knows(self._decision):
                return _("Space pauses, N makes one step, E explores, H helps.")
            return super().hint
        if self.news.over:
            return _("Training has ended. Space pauses, N makes one step, H helps.")
        if self._together == 1:
            return _(
                "This episode is played for you to see; training goes on in another environment. Space pauses, H helps."
            )
        return _(
            "This episode is played for you to see; training goes on in {n} others. Space pauses, H helps.",
            n=self._together,
        )

    @property
    def _together(self) -> int:
        """In how many environments the run trains at the same time."""
        return int(getattr(self.options, "environments", 1) * getattr(self.options, "learners", 1))

    @property
    def notes(self) -> Sequence[str]:  # type: ignore[override]  # any sequence
        return [self._acts()] if self._exploring.knows(self._decision) or self.news is not None else []

    def _acts(self) -> str:
        decision = self._decision
        if not self.explores or not self._exploring.knows(decision):
            return _("greedy")
        if decision.title == "action values":
            chance = self.options.epsilon_end if self._epsilon is None else self._epsilon
            if decision.explored:
                return _("any action with probability {chance:.3g}: now", chance=chance)
            return _("any action with probability {chance:.3g}", chance=chance)
        if decision.title == "probabilities":
            return _("drawn with these probabilities")
        if decision.deviation is not None:
            return _("drawn from a normal distribution")
        if self.news is not None and self.news.step < self.options.learning_starts:
            return _("any action, before learning starts")
        return _("with the noise of training")

    def status(self) -> list[tuple[str, str]]:
        count = _("{number} of {all}", number=self.episode, all=self.options.episodes)
        rows = [("This episode", "")] if self.news is not None else [("episode", count)]
        rows += [("step", f"{self.steps:,}"), ("return", _number(self.score))]
        if self.values:
            rows.append((self._what_the_values_are()[0], f"{self.values[-1]:.2f}"))
        if self.news is None and self.scores:
            rows.append(("mean return so far", _number(float(np.mean(self.scores)))))
        if self.news is not None:
            rows += self._training(self.news)
        words = learning_reward(self.options)
        return [*rows, ("learns from", words)] if words else rows

    def _training(self, news: News) -> list[tuple[str, str]]:
        rows = [
            ("Training", ""),
            ("environment step", _("{number} of {all}", number=f"{news.step:,}", all=f"{news.steps:,}")),
        ]
        under_way = self._together == 1 and not news.over
        rows.append(("episode", f"{news.episodes + 1:,}") if under_way else ("episodes ended", f"{news.episodes:,}"))
        if news.scores:
            rows.append(("last return", _number(news.scores[-1][1])))
            rows.append((_("mean of the last {n}", n=MEAN_OF), _number(news.recent_score(MEAN_OF))))
        if news.evaluations:
            rows.append(("greedy evaluation", _number(news.evaluations[-1][1])))
        return rows + [(name.replace("_", " "), f"{number:.4g}") for name, number in news.status.items()]

    def strips(self) -> list[Strip]:
        strips = self._courses()
        if self.values:
            scale = getattr(self.options, "reward_scale", 1.0)
            title, scaled = self._what_the_values_are()
            if scale != 1:
                title = _(scaled, scale=scale)
            strips.append(Strip(title, {"value": self.values}, x="step of the episode", first=0))
        return strips

    def _what_the_values_are(self) -> tuple[str, str]:
        """Their name, and that of a scaled reward's: a critic's own words, or the best that the action values say."""
        if self._decision.title == "action values":
            return N_(("largest action value", "largest action value, of {scale:g} × reward"))
        return N_(("value of the state", "value of the state, of {scale:g} × reward"))

    def _courses(self) -> list[Strip]:
        """The plots of the training, made anew when there is something new in them."""
        if self.news is None:
            return []
        if self._courses_of != self.news.taken:
            self._courses_of = self.news.taken
            self._made = [_returns(self.news), *_numbers(self.news, 1 if self.values else 2)]
        return list(self._made)


def _returns(news: News) -> Strip:
    """Training's and the greedy evaluations' returns by environment step, and the return that counts as solved."""
    trained, greedy = course(news.scores, MEAN_OF), course(news.evaluations)
    lines = {_("training, mean of {n}", n=MEAN_OF): trained, _("greedy"): greedy}
    return Strip(
        "return of an episode",
        {name: ys.tolist() for name, (_xs, ys) in lines.items()},
        x="environment step",
        first=0,
        level=None if news.target is None else (_("solved, {target:g}", target=news.target), news.target),
        at={name: xs.tolist() for name, (xs, _ys) in lines.items()},
    )


def _numbers(news: News, most: int) -> list[Strip]:
    """How much the agent explores, and its loss: where there is room for one of them alone, the first that it has."""
    names = [name for name in ("epsilon", "entropy", "loss", "value_error", "td_error") if name in news.numbers]
    strips = []
    for name in names[:most]:
        xs, ys = course(news.numbers[name])
        title = name.replace("_", " ")
        strips.append(Strip(title, {title: ys.tolist()}, x="environment step", first=0, at={title: xs.tolist()}))
    return strips


def _number(number: float) -> str:
    return f"{round(number, 2):g}"
