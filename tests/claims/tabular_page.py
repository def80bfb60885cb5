"""Running what tabular/README.md says to run, and reading what comes of it."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGLISH, KOREAN = ((ROOT / "tabular" / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md"))
SAID = re.findall(r"^python tabular/(.*)$", ENGLISH, re.MULTILINE) + re.findall(r"`python tabular/([^`]+)`", ENGLISH)
SAID = [command for command in SAID if " --figure " not in command]  # those are held against their kept numbers
LAKE = "q_learning.py --env FrozenLake-v1 --env-arg is_slippery=False"
BLACKJACK = "monte_carlo_control.py --env Blackjack-v1 --env-arg sab=True"
BOOKS_BLACKJACK = "monte_carlo_control.py --env gridworld:SuttonBlackjack-v0 --exploring-starts"
MEAN_OF_GREEDY = "--epsilon 0 --step-size 1 --step-size-decay 1"
RACE = "monte_carlo_off_policy_control.py --env gridworld:Racetrack-v0"
RUN = {
    "batches": "batch_td.py --map random-walk --policy left-right --discount 1 --initial-value 0.5",
    "n steps": "n_step_td.py --map random-walk-19 --policy left-right --discount 1",
    "traces": "td_lambda.py --map random-walk-19 --policy left-right --discount 1",
    "bandits by hand": "bandit.py",
    "bandits": "bandit.py --headless",
    "greedy bandits": "bandit.py --headless --epsilon 0",
    "optimists": "bandit.py --headless --epsilon 0 --initial-value 5 --step-size 0.1",
    "bandits, picture": "bandit.py --headless --pulls 300 --record bandit.png",
    "bias": "double_q_learning.py --bias 10",
    "walk": "td_prediction.py --random-walk --headless",
    "cliff": "cliff_walking.py --headless",
    "fading": "cliff_walking.py --headless --epsilon-decay 0.999",
    "exploring": "cliff_walking.py --headless --epsilon 0.3 --seeds 300",
    "obstacles": "q_learning.py --env gridworld:MovingObstacles-v0",
    "random Q": "q_learning.py --headless --episodes 20000 --epsilon 1 --step-size 1 --step-size-decay 0.7",
    "random SARSA": "sarsa.py --headless --episodes 20000 --epsilon 1 --step-size 1 --step-size-decay 0.7",
    "wait": "monte_carlo_control.py --headless --episodes 20 --seeds 20",
    "no wait": "q_learning.py --headless --episodes 20 --seeds 20",
    "greedy": "q_learning.py --headless --map discount --epsilon 0",
    "curious": "q_learning.py --headless --map discount --epsilon 0.3",
    "hopeful": "q_learning.py --headless --map discount --epsilon 0 --initial-value 10",
    "drawn": "sarsa.py --map cliff --discount 1 --step-size 1 --seeds 1000",
    "expected": "expected_sarsa.py --map cliff --discount 1 --step-size 1 --seeds 1000",
    "maze": "q_learning.py --map maze --discount 0.95 --episodes 30 --seeds 20",
    "maze, planned": "dyna_q.py --map maze --discount 0.95 --episodes 30 --seeds 20 --planning-steps 5",
    "maze, traced": "sarsa_lambda.py --map maze --discount 0.95 --episodes 30 --seeds 20 --trace-decay 0.9",
    "lake": "q_learning.py --env FrozenLake-v1 --headless --episodes 2000 --discount 0.99 --epsilon 0.2",
    "lake, planned": "dyna_q.py --env FrozenLake-v1 --headless --episodes 2000 --discount 0.99 --epsilon 0.2",
    "ordinary": "monte_carlo_off_policy.py --seeds 20 --episodes 1000 --importance ordinary",
    "weighted": "monte_carlo_off_policy.py --seeds 20 --episodes 1000 --importance weighted",
    "taxi": "q_learning.py --env Taxi-v3 --headless --discount 0.99 --step-size 0.5 --episodes 10000 --save taxi.npz",
    "taxi ride": "q_learning.py --env Taxi-v3 --headless --demo --load taxi.npz",
    "sure lake": f"{LAKE} --headless --epsilon 0.5 --episodes 2000",
    "blackjack": f"{BLACKJACK} --headless --discount 1 --episodes 30000",
    "exploring starts": f"{BOOKS_BLACKJACK} --headless --discount 1 {MEAN_OF_GREEDY} --episodes 300000",
    "race": f"{RACE} --discount 1 --initial-value -8 --max-steps 30 --episodes 100000",
    "picture": "sarsa.py --headless --episodes 40 --record sarsa.png",
    "predicts": "td_prediction.py",
    "controls": "sarsa.py",
    "detour": "sarsa.py --map cliff --discount 1 --step-size 0.5",
    "edge": "q_learning.py --map cliff --discount 1 --step-size 0.5",
    "first steps": "td_prediction.py --random-walk",
}
"""Every command of the page, by a name for its tests."""


def shown(name: str) -> str:
    """What a command of the page prints, or the line with which it refuses."""
    script, *arguments = shlex.split(RUN[name])
    command = [sys.executable, str(ROOT / "tabular" / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=900)
    assert done.returncode in (0, 2), done.stderr
    return done.stdout or done.stderr


def says(*sentences: str) -> None:
    """Both pages say so: a sentence in English, its numbers in Korean as well."""
    for sentence in sentences:
        assert sentence in ENGLISH, sentence
        for number in re.findall(r"-?\d[\d,]*(?:\.\d+)?", sentence):
            assert number in KOREAN, f"{number} of {sentence!r}"


def worth(said: str) -> float:
    """The value of the start under the greedy policy, exactly computed."""
    found = re.search(r"value of the start, exact: (-?[\d.]+|-inf) under", said)
    assert found, said
    return float(found[1])


def earned(said: str, title: str) -> float:
    """The mean return of the last episodes."""
    found = re.search(rf"^{re.escape(title)} on .*mean return of the last \d+ episodes (-?[\d.]+)", said, re.MULTILINE)
    assert found, said
    return float(found[1])


def steps(said: str) -> int:
    found = re.search(r"([\d,]+) steps in", said)
    assert found, said
    return int(found[1].replace(",", ""))


def distance(said: str) -> list[float]:
    return [float(error) for error in re.findall(r"RMS error at the end ([\d.]+)", said)]
