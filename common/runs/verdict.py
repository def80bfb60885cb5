"""How a run went, in two lines."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.runs.run_options import RunOptions
from common.screen import typed
from common.watch.viewer import demo_command


def say(summary: Mapping[str, Any], options: RunOptions) -> None:
    """The summary as a person reads it, and the command that shows what was learned."""
    unsolved = "finished" if summary["target"] is None else "not solved"
    verdict = "solved" if summary["solved"] else "stopped" if summary["interrupted"] else unsolved
    result, best = summary["evaluation"], "best " if summary["interrupted"] else ""
    marks = "; ".join(f"{whose}: {worth:.2f}" for whose, worth in summary.get("marks", {}).items())
    print(
        f"{verdict}: {summary['env']}, {summary['steps']:,} steps, {summary['episodes']:,} episodes, "
        f"{summary['seconds']:.1f} s; {best}mean return {result['mean']:.2f} over {result['episodes']} greedy episodes"
        + (f" ({marks})" if marks else "")
    )
    weights = Path(summary["weights"])
    print(f"results: {weights.parent}   watch: {typed(demo_command(weights, options))}")
