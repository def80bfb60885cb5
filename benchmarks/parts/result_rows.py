"""A row of a page's table of results, from the raw table of `benchmarks/solve.py`."""

import csv
import statistics

from benchmarks.parts.chapter_process import ROOT


def row(name: str, quote: str = "") -> str | None:
    """name | solved | steps: median, worst | seconds: median, worst | mean return; None without a raw table."""
    path = ROOT / "benchmarks" / "results" / f"{name}.csv"
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or "return_mean" not in rows[0]:
        return None
    steps = [int(each["steps"]) for each in rows]
    seconds = [float(each["seconds"]) for each in rows]
    solved = sum(each["solved"] == "True" for each in rows)
    mean_return = statistics.fmean(float(each["return_mean"]) for each in rows)
    return (
        f"| {quote}{name}{quote} | {solved}/{len(rows)} | {statistics.median(steps):,.0f} | {max(steps):,} "
        f"| {statistics.median(seconds):.1f} | {max(seconds):.1f} | {mean_return:.2f} |"
    )
