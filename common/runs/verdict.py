"""How a run went, in two lines."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.language import _
from common.runs.run_options import RunOptions
from common.screen import typed
from common.watch.viewer import demo_command


def say(summary: Mapping[str, Any], options: RunOptions) -> None:
    """The summary as a person reads it, and the command that shows what was learned."""
    unsolved = _("finished") if summary["target"] is None else _("not solved")
    verdict = _("solved") if summary["solved"] else _("stopped") if summary["interrupted"] else unsolved
    result, best = summary["evaluation"], _("best ") if summary["interrupted"] else ""
    marks = "; ".join(f"{_(whose)}: {worth:.2f}" for whose, worth in summary.get("marks", {}).items())
    said = _(
        "{verdict}: {env}, {steps:,} steps, {episodes:,} episodes, {seconds:.1f} s; "
        "{best}mean return {mean:.2f} over {count} greedy episodes",
        verdict=verdict,
        env=summary["env"],
        steps=summary["steps"],
        episodes=summary["episodes"],
        seconds=summary["seconds"],
        best=best,
        mean=result["mean"],
        count=result["episodes"],
    )
    print(said + (f" ({marks})" if marks else ""))
    weights = Path(summary["weights"])
    watch = typed(demo_command(weights, options))
    print(_("results: {folder}   watch: {command}", folder=weights.parent, command=watch))
