"""What breeding a policy costs beside planning one: the table of dp/README.md, against its raw table."""

import csv
from pathlib import Path

from benchmarks.learners import genetic

ROOT = Path(__file__).parents[2]
PAGES = [(ROOT / "dp" / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md")]


def test_breeding_in_seconds() -> None:
    """Of 15 seeds; the policies evaluated are those of the text, and two programs count them alike."""
    with genetic.Options().table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    for world in genetic.WORLDS:
        assert all(genetic.row(rows, world) in page for page in PAGES), world
    for world, least, most in (("course", 892, 1684), ("FrozenLake8x8-v1", 2377, 4357)):
        numbers = [int(row[3]) for row in rows if row[:2] == [world, "genetic algorithm"]]
        assert (len(numbers), min(numbers), max(numbers)) == (15, least, most)
        assert f"{least:,}" in PAGES[0] and f"{most:,}" in PAGES[1]
    assert genetic.bred(301, {})[0] == 892 and genetic.planned({})[0] == 7
