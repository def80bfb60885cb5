"""Around the bandit chapter's learners: the report of many runs, the window, the film."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.figures import Panel, lines_as_columns, save_panels
from common.files import check_writable
from common.language import _, plural, titled
from common.runs.curves import Line, save_csv
from common.watch.display import has_display
from tabular.parts.bandits.bandit_options import BanditOptions
from tabular.parts.bandits.lesson import HandLesson, LearnerLesson
from tabular.parts.bandits.together import Curves, Rule, play

import numpy as np

Learners = Mapping[str, Callable[[BanditOptions], Any]]
Train = Callable[..., Iterator[tuple[int, float]]]
_LAST = 100


def contest(learners: Learners, train: Train, options: BanditOptions) -> int:
    """The window with a learner of each kind and the user, or what many runs of each earn; returns the exit status."""
    shown = not options.headless and has_display()
    if not shown and options.record is None:
        return report(list(learners), options)
    from gridworld.window.arms_view import ArmsView
    from gridworld.window.show import show

    lessons = [HandLesson(options), *(LearnerLesson(title, kind, train, options) for title, kind in learners.items())]
    show(*lessons, headless=not shown, record=options.record, steps=options.pulls, view=ArmsView)
    if not shown:
        print(_("the film is in {file}", file=options.record))
    return 0


def rule_of(title: str, options: BanditOptions) -> Rule:
    """A learner's numbers for its many copies."""
    o = options
    if title == "Gradient":
        return Rule(title, "gradient", step_size=o.gradient_step_size, baseline=o.baseline)
    if title == "UCB":
        return Rule(title, "UCB", step_size=o.step_size, initial_value=o.initial_value, confidence=o.confidence)
    return Rule(title, epsilon=o.epsilon, step_size=o.step_size, initial_value=o.initial_value)


def report(titles: list[str], options: BanditOptions) -> int:
    """Print a line a learner and draw the curves; Ctrl-C keeps the learners that are done."""
    folder = options.out or Path("results") / "bandit"
    if folder.exists() and not folder.is_dir():
        raise UserError("--out {folder} is a file: give a folder", folder=folder)
    check_writable(folder / "curve.png")
    results: list[tuple[str, Curves]] = []
    status = 0
    try:
        for title in titles:
            rule, o = rule_of(title, options), options
            curves = play(rule, o.seeds, o.pulls, o.seed, arms=o.arms, mean=o.mean, drift=o.drift)
            results.append((title, curves))
            print(line_of(title, curves))
    except KeyboardInterrupt:
        print(_("stopped after {done} of {all} learners", done=len(results), all=len(titles)))
        status = 130
    if results:
        save(folder, results, options)
    return status


def line_of(title: str, curves: Curves) -> str:
    """What a kind of learner earned."""
    runs, steps = len(curves.rewards), len(curves.reward)
    half = 1.96 * curves.rewards.std(ddof=1) / runs**0.5 if runs > 1 else 0.0
    spread = _(" (95 % interval ± {half:.3f})", half=half) if half else ""
    last = min(_LAST, steps)
    return _(
        "{title}: {runs} of {steps:,} pulls; reward a pull {mean:.3f}{spread}; in the last {last} {late:.3f}, "
        "best arm {optimal:.0%}",
        title=titled(title),
        runs=plural("{n:,} run", "{n:,} runs", runs),
        steps=steps,
        mean=curves.rewards.mean(),
        spread=spread,
        last=last,
        late=curves.reward[-last:].mean(),
        optimal=curves.optimal[-last:].mean(),
    )


def save(folder: Path, results: list[tuple[str, Curves]], options: BanditOptions) -> None:
    """curve.png and curve.csv: mean reward and share of the best arm at every pull."""
    pulls = np.arange(1, options.pulls + 1)
    panels = [
        Panel("reward", "pulls", "mean reward", [Line(title, pulls, curves.reward) for title, curves in results]),
        Panel(
            "best arm", "pulls", "% best arm", [Line(title, pulls, 100 * curves.optimal) for title, curves in results]
        ),
    ]
    save_panels(folder / "curve.png", f"{options.arms} arms, {options.seeds:,} runs", panels)
    save_csv(folder / "curve.csv", lines_as_columns(panels))
    print(_("curve.png and curve.csv are in {folder}", folder=folder))
