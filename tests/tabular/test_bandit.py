"""Bandits: what the book's equations say must come out, for one learner and for many at once, and the script."""

import math
import time
from pathlib import Path

from common.errors import UserError
from tabular.bandit import EpsilonGreedy, Gradient, Options, UpperConfidence, train
from tabular.parts.bandits import contest
from tabular.parts.bandits.arms import Arms
from tabular.parts.bandits.contest import rule_of
from tabular.parts.bandits.together import Learners, Rule, play
from tests.tabular.calls import call, refuse

import numpy as np
import pytest

RANDOM = np.random.default_rng(0)
REWARDS = [float(reward) for reward in RANDOM.standard_normal(30)]
PULLS = [int(arm) for arm in RANDOM.integers(3, size=30)]


@pytest.fixture(autouse=True)
def in_an_empty_folder_without_a_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def taught(kind: type[EpsilonGreedy], **settings: float) -> EpsilonGreedy:
    agent = kind(Options(arms=3, **settings))  # type: ignore[arg-type]
    for arm, reward in zip(PULLS, REWARDS, strict=True):
        agent.learn(arm, reward)
    return agent


def paid_by(arm: int) -> list[float]:
    return [reward for pulled, reward in zip(PULLS, REWARDS, strict=True) if pulled == arm]


def test_a_value_is_the_mean_of_its_rewards_whatever_it_was_before() -> None:
    """Equation 2.3 undoes equation 2.1."""
    agent = taught(EpsilonGreedy, initial_value=7.0)
    assert agent.values == pytest.approx([np.mean(paid_by(arm)) for arm in range(3)])
    assert agent.pulls == [PULLS.count(arm) for arm in range(3)]


def test_with_a_constant_step_size_old_rewards_fade() -> None:
    """Equation 2.6: (1 - a)^n Q_1 + sum_i a (1 - a)^(n - i) R_i."""
    agent, a = taught(EpsilonGreedy, step_size=0.3, initial_value=2.0), 0.3
    for arm in range(3):
        rewards = paid_by(arm)
        n = len(rewards)
        faded = sum(a * (1 - a) ** (n - i) * reward for i, reward in enumerate(rewards, start=1))
        assert agent.values[arm] == pytest.approx((1 - a) ** n * 2.0 + faded)


def test_epsilon_greedy_explores_with_probability_epsilon_and_shares_ties() -> None:
    agent = EpsilonGreedy(Options(arms=4, epsilon=0.2))
    agent.values = [0.0, 1.0, 1.0, 0.0]
    shares = np.bincount([agent.act() for _ in range(20_000)], minlength=4) / 20_000
    assert shares == pytest.approx([0.05, 0.45, 0.45, 0.05], abs=0.015)


def test_the_bonus_of_ucb() -> None:
    """Equation 2.10; an arm that was never pulled comes first."""
    agent = UpperConfidence(Options(arms=3, confidence=2.0))
    agent.values, agent.pulls = [1.0, 0.0, 0.0], [4, 1, 0]
    assert agent.bonuses() == [
        pytest.approx(2 * math.sqrt(math.log(6) / 4)),
        pytest.approx(2 * math.sqrt(math.log(6))),
        math.inf,
    ]
    assert agent.act() == 2
    agent.pulls = [4, 1, 5]
    assert agent.act() == 1, "0 + 3.1 against 1 + 1.5"
    agent.options = Options(arms=3, confidence=0.0)
    assert agent.act() == 0


def test_a_gradient_bandit_climbs_what_its_policy_earns() -> None:
    """Section 2.8: the expected update is the step size times the gradient of sum_b pi(b) q*(b), for any baseline."""
    pays, options = np.array([1.0, -0.5, 2.0]), Options(arms=3, gradient_step_size=0.25)
    preferences = [0.2, -0.1, 0.4]

    def earned(h: np.ndarray) -> float:
        policy = np.exp(h) / np.exp(h).sum()
        return float(policy @ pays)

    def update(arm: int) -> np.ndarray:
        agent = Gradient(options)
        agent.values, agent.pulls, agent.baseline = list(preferences), [1, 1, 1], 0.7
        agent.learn(arm, float(pays[arm]))
        return np.array(agent.values) - preferences

    agent = Gradient(options)
    agent.values = list(preferences)
    expected = sum(probability * update(arm) for arm, probability in enumerate(agent.policy()))
    h = np.array(preferences)
    gradient = [(earned(h + 1e-6 * unit) - earned(h - 1e-6 * unit)) / 2e-6 for unit in np.eye(3)]
    assert expected == pytest.approx(0.25 * np.array(gradient), abs=1e-8)


def test_the_baseline_is_the_mean_of_the_rewards_before() -> None:
    agent = taught(Gradient)
    assert isinstance(agent, Gradient) and agent.baseline == pytest.approx(np.mean(REWARDS))
    assert sum(agent.values) == pytest.approx(0), "what one arm gains, the others lose"
    first = Gradient(Options(arms=3))
    first.learn(1, 5.0)
    assert first.values == [0, 0, 0], "the first reward is all that is known of rewards"
    for _ in range(3):
        assert np.bincount([first.act() for _ in range(3000)], minlength=3) == pytest.approx([1000] * 3, abs=120)


@pytest.mark.parametrize(
    "title, kind", [("Epsilon-greedy", EpsilonGreedy), ("UCB", UpperConfidence), ("Gradient", Gradient)]
)
@pytest.mark.parametrize("settings", [{}, {"step_size": 0.3, "initial_value": 2.0, "baseline": False}])
def test_many_at_once_learn_what_one_learns(title: str, kind: type[EpsilonGreedy], settings: dict[str, float]) -> None:
    one = taught(kind, **settings)
    rule = rule_of(title, Options(arms=3, **settings))  # type: ignore[arg-type]
    many = Learners(rule, 2, 3, np.random.default_rng(0))
    for arm, reward in zip(PULLS, REWARDS, strict=True):
        if rule.kind == "gradient":
            many.act()  # which works the policy out
        many.learn(np.array([arm, (arm + 1) % 3]), np.array([reward, -reward]))
    assert many.q[0] == pytest.approx(one.values)
    assert many.q[1] != pytest.approx(one.values)


def test_many_at_once_choose_as_one_chooses() -> None:
    """The same values, 20,000 choices: the shares of the arms agree."""
    values, pulls = [0.3, 1.0, 1.0, -0.2], [50, 9, 9, 1]
    for title, kind in (("Epsilon-greedy", EpsilonGreedy), ("UCB", UpperConfidence), ("Gradient", Gradient)):
        options = Options(arms=4, epsilon=0.3, confidence=0.1)
        one = kind(options)
        one.values, one.pulls = list(values), list(pulls)
        shares = np.bincount([one.act() for _ in range(20_000)], minlength=4) / 20_000
        many = Learners(rule_of(title, options), 20_000, 4, np.random.default_rng(1))
        many.q[:], many.n[:], many.pulls = values, pulls, sum(pulls)
        assert np.bincount(many.act(), minlength=4) / 20_000 == pytest.approx(shares, abs=0.02), title


def test_optimism_tries_every_arm_once() -> None:
    env = Arms(6)
    env.reset(seed=1)
    agent = EpsilonGreedy(Options(arms=6, epsilon=0.0, initial_value=50.0))
    assert sorted(arm for arm, _ in train(env, agent, 6)) == list(range(6))
    many = Learners(Rule("", initial_value=50.0, step_size=0.1), 100, 6, np.random.default_rng(0))
    for _ in range(6):
        arm = many.act()
        many.learn(arm, np.zeros(100))
    assert (many.n == 1).all()


def test_the_testbed_pays_with_deviation_1_around_means_that_differ_by_1() -> None:
    env = Arms(2000, mean=4.0)
    env.reset(seed=0)
    assert env.means.mean() == pytest.approx(4, abs=0.1) and env.means.std() == pytest.approx(1, abs=0.06)
    paid = np.array([env.step(env.best)[1] for _ in range(2000)])
    assert paid.mean() == pytest.approx(env.means.max(), abs=0.1) and paid.std() == pytest.approx(1, abs=0.06)
    before, moved = env.means.copy(), Arms(2000, drift=0.5)
    env.step(0)
    assert (env.means == before).all()
    moved.reset(seed=0)
    start = moved.means.copy()
    for _ in range(4):
        moved.step(0)
    assert (moved.means - start).std() == pytest.approx(1, abs=0.06), "four steps of 0.5 on their own"


def test_two_thousand_runs_of_a_thousand_steps_take_about_a_second() -> None:
    begin = time.process_time()
    curves = play(Rule("", epsilon=0.1), 2000, 1000)
    assert time.process_time() - begin < 2
    again = play(Rule("", epsilon=0.1), 2000, 5)
    assert (curves.reward[:5] == again.reward).all(), "the same seed, the same runs"


def test_the_report_and_its_curves(tmp_path: Path) -> None:
    said = call("bandit", "--headless", "--seeds", "50", "--pulls", "40", "--out", "here")
    assert said.count("50 runs of 40 pulls") == 3
    rows = (tmp_path / "here" / "curve.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 41 and "best arm: UCB: y" in rows[0]
    assert said == call("bandit", "--headless", "--seeds", "50", "--pulls", "40", "--out", "here")


def test_one_run_has_no_interval() -> None:
    said = call("bandit", "--headless", "--seeds", "1", "--pulls", "5", "--out", "here")
    assert said.count("1 run of 5 pulls") == 3 and "interval" not in said


def test_ctrl_c_keeps_the_learners_that_are_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(rule: Rule, *arguments: int, **settings: float) -> object:
        if rule.kind == "UCB":
            raise KeyboardInterrupt
        return play(rule, *arguments, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(contest, "play", interrupted)
    assert contest.report(["Epsilon-greedy", "UCB", "Gradient"], Options(seeds=5, pulls=10)) == 130
    assert "stopped after 1 of 3 learners" in capsys.readouterr().out
    assert Path("results/bandit/curve.csv").exists()


def test_bad_input_is_one_line() -> None:
    assert refuse("bandit", "--headless", "--epsilon", "2") == "--epsilon is 2; it must lie in [0, 1]"
    assert "--arms is 1" in refuse("bandit", "--arms", "1")
    assert "--seeds is 100001" in refuse("bandit", "--headless", "--seeds", "100001")
    assert "--gradient-step-size is 1e+300" in refuse("bandit", "--gradient-step-size", "1e300")
    assert "leave out --seeds" in refuse("bandit", "--figure", "2.2", "--seeds", "3")
    assert "has the book's settings: leave out --epsilon" in refuse("bandit", "--figure", "2.2", "--epsilon", "0.3")
    assert "--figure 9 is not drawn here: choose 2.1, 2.2" in refuse("bandit", "--figure", "9")
    Path("taken").touch()
    with pytest.raises(UserError, match="--out taken is a file"):
        call("bandit", "--headless", "--out", "taken")
