"""Brings the tables of the pages up to date with the raw tables in benchmarks/results/.

    python benchmarks/rows.py

Every row `| NAME | solved | ... |` of a page whose NAME has a raw table of `solve.py` is written anew from it,
and so are the last three cells (steps, worst, solved) of a row that names a script, `| ... | `NAME.py` | ... |`, the
rows that compare a chapter with DQN, those of the experiments, `| `NAME.py --OPTIONS` | ... |`, and those of A3C's
learners beside A2C, `| a3c.py, 2 | ... |`.
"""

import csv
import re
from dataclasses import dataclass

from benchmarks.ladder import against, steps_of
from benchmarks.learners.asynchronous import printed
from benchmarks.parts import experiments
from benchmarks.parts.chapter_process import ROOT
from benchmarks.parts.result_rows import row
from common.files import atomic_write
from common.options import launch

ROW = re.compile(r"^\| (`?)([\w-]+)`? \|(?: ?[\d/,.-]* \|){6}$", re.MULTILINE)

SCRIPT_ROW = re.compile(r"^(\|.*\| `([\w-]+)\.py` \|.*\|)(?: ?[\d,]* \|){2} ?[\d/]* \|$", re.MULTILINE)

LADDER_ROW = re.compile(r"^\| (\w+_dqn) \| [\d/]+ \| [\d.]+ \| [\d.]+ \|$", re.MULTILINE)

EXPERIMENT_ROW = re.compile(r"^\| `(\w+\.py --[^`|]+)` \|(?: ?[\d/,.-]* \|){3}$", re.MULTILINE)

LEARNERS_ROW = re.compile(r"^\| (?:a2c|a3c)\.py(?:, (\d+))? \|(?: ?[\d/,.]* \|){7}$", re.MULTILINE)


@dataclass(frozen=True)
class Options:
    """Write the result rows of all pages anew."""


def script_row(match: re.Match[str]) -> str:
    """The row of a script with its steps, the worst of them, and how many seeds were solved."""
    result = row(match[2], "")
    if result is None:
        return match[0]
    _, _, solved, steps, worst, *_ = (cell.strip() for cell in result.split("|"))
    return f"{match[1]} {steps} | {worst} | {solved} |"


def ladder_row(match: re.Match[str]) -> str:
    """The row of a chapter against DQN: seeds on which it was sooner, times its steps, p."""
    steps = steps_of(match[1])
    sooner, ratio, chance = against(steps, steps_of("dqn"))
    return f"| {match[1]} | {sooner}/{len(steps)} | {ratio:.2f} | {chance:.2f} |"


def learners_row(match: re.Match[str]) -> str:
    """The row of A2C, or of A3C with so many learners."""
    with (ROOT / "benchmarks" / "results" / "asynchronous.csv").open(encoding="utf-8", newline="") as file:
        rows = [each for each in csv.DictReader(file) if each["learners"] == (match[1] or "a2c")]
    return printed(match[1] or "a2c", rows, in_turn=False)


def main(options: Options) -> int:
    """Rewrite the pages that changed and name them."""
    for page in (*ROOT.glob("*.md"), *ROOT.glob("[a-z]*/*.md")):
        text = page.read_text(encoding="utf-8")
        fresh = ROW.sub(lambda match: row(match[2], match[1]) or match[0], text)
        fresh = SCRIPT_ROW.sub(script_row, fresh)
        fresh = LADDER_ROW.sub(ladder_row, fresh)
        fresh = EXPERIMENT_ROW.sub(lambda match: experiments.row(match[1]) or match[0], fresh)
        fresh = LEARNERS_ROW.sub(learners_row, fresh)
        if fresh != text:
            with atomic_write(page) as temporary:
                temporary.write_text(fresh, encoding="utf-8", newline="\n")
            print(f"{page.relative_to(ROOT)} is up to date now")
    return 0


if __name__ == "__main__":
    launch(main, Options)
