"""Every deep chapter ships weights; they are those that the JSON describes, and they play as it says."""

import json
from pathlib import Path

from benchmarks.parts.chapter_process import deep_chapters, demo_returns
from common.networks.trained import SHIPPED
from common.networks.weights import file_digest

import pytest

AT_LEAST = {"CartPole-v1": 475.0, "RandomObstacles-v0": 0.95, "Pendulum-v1": -200.0}


@pytest.mark.parametrize("chapter", deep_chapters())
def test_shipped_weights_play_as_their_json_says(chapter: str) -> None:
    weights = SHIPPED / f"{chapter}.weights.h5"
    record = json.loads((SHIPPED / f"{chapter}.json").read_text(encoding="utf-8"))
    assert record["chapter"] == chapter and record["sha256"] == file_digest(weights)
    assert {"seed", "command", "versions", "env", "play"} <= set(record)
    play = record["play"]
    assert play["episodes"] == 100
    scores = demo_returns(chapter, weights, play["episodes"], play["seed"])
    assert len(scores) == play["episodes"]
    assert scores.mean() >= AT_LEAST[record["env"]]
    assert scores.mean() == pytest.approx(play["mean"], rel=0.02), (
        "the same episodes, but for the last bit of a product"
    )


def test_nothing_else_lies_there() -> None:
    names = {path.name for path in Path(SHIPPED).iterdir() if path.suffix in (".h5", ".json")}
    assert names == {f"{chapter}{suffix}" for chapter in deep_chapters() for suffix in (".weights.h5", ".json")}
