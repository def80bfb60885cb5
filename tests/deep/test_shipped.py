"""Every deep chapter ships weights; they are those that the JSON describes, and they play as it says."""

import json
from pathlib import Path

from benchmarks.parts.chapter_process import deep_chapters, demo_returns
from common.networks.trained import SHIPPED, shipped
from common.networks.weights import file_digest

import pytest

AT_LEAST = {"CartPole-v1": 475.0, "RandomObstacles-v0": 0.95, "Pendulum-v1": -200.0}


ELSEWHERE = {"ppo-pendulum": "ppo"}
"""Files of a chapter for another environment than its default: their names, and whose they are."""


@pytest.mark.parametrize("name", [*deep_chapters(), *ELSEWHERE])
def test_shipped_weights_play_as_their_json_says(name: str) -> None:
    chapter = ELSEWHERE.get(name, name)
    weights = SHIPPED / f"{name}.weights.h5"
    record = json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8"))
    assert record["chapter"] == chapter and record["sha256"] == file_digest(weights)
    assert shipped(chapter, record["env"]) == weights
    assert {"seed", "command", "versions", "env", "play"} <= set(record)
    play = record["play"]
    assert play["episodes"] == 100
    scores = demo_returns(chapter, weights, play["episodes"], play["seed"], ["--env", record["env"]])
    assert len(scores) == play["episodes"]
    assert scores.mean() >= AT_LEAST[record["env"]]
    assert scores.mean() == pytest.approx(play["mean"], rel=0.02), (
        "the same episodes, but for the last bit of a product"
    )


def test_nothing_else_lies_there() -> None:
    names = {path.name for path in Path(SHIPPED).iterdir() if path.suffix in (".h5", ".json")}
    known = [*deep_chapters(), *ELSEWHERE]
    assert names == {f"{name}{suffix}" for name in known for suffix in (".weights.h5", ".json")}
