"""Every number of gridworld/README.md is computed from the world that it is about; every command of it is run."""

import gettext
import re
from fractions import Fraction
from pathlib import Path

from dp.parts.exact import optimal_action_values, optimal_values, policy_values
from dp.policy_iteration import Options, PolicyIteration
from dp.value_iteration import ValueIteration
from gridworld.env import GridWorldEnv
from gridworld.window.walk_by_hand import WalkByHand
from gridworld.world import GridWorld
from tests.claims.running import run_here

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
ENGLISH, KOREAN = ((ROOT / "gridworld" / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md"))
UP, DOWN, LEFT, RIGHT = range(4)
TWO_CELLS = GridWorld.load("two-cells").mdp()
COIN = np.array([[0, 0, 0.5, 0.5]] * 2)
ANYTHING = np.full((2, 4), 0.25)
NUMBER = r"-?\d+(?:\.\d+)?"


def says(*sentences: str) -> None:
    """The English page says so, and the Korean page has its numbers."""
    for sentence in sentences:
        assert sentence in ENGLISH, sentence
        for number in re.findall(NUMBER, sentence):
            assert number in KOREAN, f"{number} of {sentence!r}"


def shows(*formulas: str) -> None:
    """Both pages have the formula."""
    for formula in formulas:
        assert formula in ENGLISH and formula in KOREAN, formula


@pytest.fixture(autouse=True)
def in_an_empty_folder_without_a_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def said_by(command: str) -> str:
    """What a command of both pages prints."""
    assert command in ENGLISH and command in KOREAN, command
    return run_here(command)


def test_a_way_through_a_triangle_is_worth_nothing_and_the_shortest_good_one_has_six_moves() -> None:
    says("The rewards are 0, 0, -1 and +1", "Find a way that collects 1. The shortest one has six moves.")
    lesson = WalkByHand(GridWorld.load("course"))
    for action in (RIGHT, RIGHT, DOWN, DOWN):
        lesson.act(action)
    assert lesson.rewards == [0, 0, -1, 1]
    mdp = lesson.world.mdp()
    # 0.9 to the power of five: the reward of 1 comes with the sixth move, and nothing before it.
    assert optimal_values(mdp, 0.9)[0] == pytest.approx(0.9**5)
    lesson.reset()
    for action in (RIGHT, RIGHT, RIGHT, DOWN, DOWN, LEFT):
        lesson.act(action)
    assert (sum(lesson.rewards), len(lesson.rewards)) == (1, 6)


def test_the_agent_is_shown_a_number() -> None:
    says('the number beside "state"', "press down, down, right: 0, 5, 10, 11")
    lesson = WalkByHand(GridWorld.load("course"))
    seen = [dict(lesson.status())["state"]]
    for action in (DOWN, DOWN, RIGHT):
        lesson.act(action)
        seen.append(dict(lesson.status())["state"])
    assert seen == ["0", "5", "10", "11"]


def test_the_panel_says_the_discounted_return() -> None:
    says("The panel says a return of 3, and discounted 1.3125")
    shows("`python -m gridworld --map two-cells --discount 0.5`")
    lesson = WalkByHand(GridWorld.load("two-cells"), discount=0.5)
    for action in (RIGHT, LEFT) * 3:
        lesson.act(action)
    status = dict(lesson.status())
    assert (status["return"], status["discounted"]) == ("3", "1.3125")
    assert "discounted" not in dict(WalkByHand(GridWorld.load("two-cells")).status())


def test_twenty_epsilon_greedy_moves_on_the_two_cells() -> None:
    says(r"That is $`\epsilon = \frac{1}{4}`$. Back and forth earns 10 in twenty moves; this earns 4.6 on average.")
    greedy, values = np.array([RIGHT, LEFT]), np.zeros(2)
    policy = np.full((2, 4), 0.25 / 4) + 0.75 * np.eye(4)[greedy]
    for _ in range(20):
        values = (policy * TWO_CELLS.action_values(values, 1.0)).sum(axis=1)
    assert values[0] == pytest.approx(4.6, abs=0.05)


def test_the_model_of_the_two_cells() -> None:
    outcomes = {(state, action): TWO_CELLS.to_table()[state][action] for state in (0, 1) for action in range(4)}
    assert outcomes.pop((0, RIGHT)) == [(1.0, 1, 1.0, False)]
    assert outcomes.pop((1, LEFT)) == [(1.0, 0, 0.0, False)]
    assert all(outcome == [(1.0, state, -1.0, False)] for (state, _), outcome in outcomes.items())
    assert len(outcomes) == 6
    printed = said_by(
        """python -c "from gridworld import GridWorld; print(GridWorld.load('two-cells').mdp().to_table()[0])\""""
    )
    shows(printed)
    assert said_by("python -m gridworld --map two-cells --headless") == "S A"


@pytest.mark.parametrize("page, do_it", [(ENGLISH, "**Do it.**"), (KOREAN, "**해 보기.**")], ids=["en", "ko"])
def test_every_idea_has_something_to_do(page: str, do_it: str) -> None:
    ideas = re.split(r"^## ", page, flags=re.MULTILINE)[1:9]
    assert [idea.splitlines()[0] for idea in ideas if do_it not in idea] == []


def test_being_each_policy() -> None:
    says("Back and forth earns 1, 0, 1, 0, ...", "every second move costs 1 on average")
    lost = (TWO_CELLS.reward[..., 0] == -1) * COIN
    assert lost.sum(axis=1) == pytest.approx([1 / 2, 1 / 2])


def test_the_return_of_going_back_and_forth() -> None:
    shows(
        r"G_0 = 1 + \tfrac{1}{4} + \tfrac{1}{16} + \dots = \tfrac{4}{3}",
        r"$`1 + \frac{1}{2} \cdot \frac{2}{3} = \frac{4}{3}`$",
    )
    env = GridWorldEnv("two-cells")
    env.reset(seed=0)
    rewards = [env.step(action)[1] for action in (RIGHT, LEFT) * 30]
    assert rewards[:4] == [1, 0, 1, 0]
    returns = [sum(0.5**t * reward for t, reward in enumerate(rewards[first:])) for first in (0, 1)]
    assert returns == pytest.approx([4 / 3, 2 / 3])
    assert Fraction(4, 3) == 1 + Fraction(1, 2) * Fraction(2, 3)
    said = said_by('python -c "print(sum(0.5**t * reward for t, reward in enumerate([1, 0, 1, 0, 1, 0])))"')
    assert said == "1.3125"
    says("this prints 1.3125:")


def test_four_discounts() -> None:
    says("1.000 and 0.000 for 0, 1.333 and 0.667 for 0.5, 50.251 and 49.749 for 0.99.")
    for discount, values in (("0", "1.000  0.000"), ("0.5", "1.333  0.667"), ("0.99", "50.251  49.749")):
        said = said_by(f"python dp/value_iteration.py --map two-cells --discount {discount} --headless")
        assert values in said and ">  <" in said
    refused = said_by("python dp/value_iteration.py --map two-cells --discount 1 --headless")
    assert "does not converge" in refused and "\n" not in refused


def test_the_coin_by_hand_by_the_model_and_by_experience() -> None:
    shows(r"3\,v(0) = v(1)", r"3\,v(1) = v(0) - 2", r"$`9\,v(0) = v(0) - 2`$", r"$`v(0) = -\frac{1}{4}`$")
    values = policy_values(TWO_CELLS, COIN, 0.5)
    assert values == pytest.approx([-1 / 4, -3 / 4])
    assert 3 * values[0] == pytest.approx(values[1]) and 3 * values[1] == pytest.approx(values[0] - 2)
    assert (
        said_by('python -c "import numpy; print(numpy.linalg.solve([[3, -1], [-1, 3]], [0, -2]))"') == "[-0.25 -0.75]"
    )
    [line] = [line for line in ENGLISH.splitlines() if line.startswith("python tabular/td_prediction.py")]
    said = said_by(line)
    says("the last table, Monte Carlo's, holds the means, -0.250 and -0.747")
    assert [row.split() for row in said.splitlines() if re.fullmatch(rf"\s*{NUMBER}\s+{NUMBER}", row)][-1] == [
        "-0.250",
        "-0.747",
    ]


def test_the_tables_of_action_values() -> None:
    coin = TWO_CELLS.action_values(policy_values(TWO_CELLS, COIN, 0.5), 0.5)
    assert coin[:, [LEFT, RIGHT]] == pytest.approx(np.array([[-1.125, 0.625], [-0.125, -1.375]]))
    best = optimal_action_values(TWO_CELLS, 0.5)
    assert best[:, [LEFT, RIGHT]] * 3 == pytest.approx(np.array([[-1, 4], [2, -2]]))
    assert (best[:, [UP, DOWN]] <= best.max(axis=1, keepdims=True)).all()
    shows("= -1.125`", "= 0.625`", "= -0.125`", "= -1.375`", r"= -\frac{1}{3}`", r"= -\frac{2}{3}`")


def test_anything_settles_where_the_page_says() -> None:
    shows(
        r"$`-\frac{13}{12}`$", r"$`-\frac{17}{12}`$", "`python dp/policy_iteration.py --map two-cells --discount 0.5`"
    )
    says("After one press the values are -0.5 and -0.75, and they come to rest at -1.08 and -1.42.")
    agent = PolicyIteration(TWO_CELLS, Options(discount=0.5))
    assert agent.policy == pytest.approx(ANYTHING)
    agent.evaluate()
    assert agent.values == pytest.approx([-0.5, -0.75])
    while not agent.evaluated:
        agent.evaluate()
    assert agent.values == pytest.approx([-13 / 12, -17 / 12])
    assert agent.values.round(2).tolist() == [-1.08, -1.42]
    says("walks into a wall three times in four")
    assert (TWO_CELLS.reward[..., 0] == -1).mean() == 3 / 4


def test_back_and_forth_is_optimal() -> None:
    shows("`python dp/value_iteration.py --map two-cells --discount 0.5`")
    agent = ValueIteration(TWO_CELLS, Options(discount=0.5))
    agent.solve()
    assert agent.values == pytest.approx([4 / 3, 2 / 3])
    assert agent.policy.tolist() == [[0, 0, 0, 1], [0, 0, 1, 0]]
    assert optimal_values(TWO_CELLS, 0.0)[1] == 0, "towards the discount 0 the right cell is worth nothing"


def test_the_picture_is_what_its_command_makes() -> None:
    Path("gridworld/images").mkdir(parents=True)
    said_by("python dp/value_iteration.py --map two-cells --discount 0.5 --record gridworld/images/two-cells.png")
    size = slice(16, 24)
    made, shown = (Path(folder, "gridworld/images/two-cells.png").read_bytes() for folder in (".", ROOT))
    assert made[size] == shown[size], "of one width and height"


def test_on_ice_the_past_does_not_matter() -> None:
    says("Eight moves in ten go up, one to the left, one to the right")
    world = GridWorld.load("slippery")
    inside = world.starts[0]
    outcomes = world.mdp().to_table()[inside][UP]
    assert sorted(probability for probability, *_ in outcomes) == pytest.approx([0.1, 0.1, 0.8])


def test_epsilon_greedy() -> None:
    says("With $`\\epsilon = 0.4`$ and four actions that is 0.7 for the greedy one and 0.1 for each of the others.")
    [command] = [line for line in ENGLISH.splitlines() if "epsilon=0.4" in line and line.startswith("python")]
    shows(f"`{said_by(command)}`")
    soft = optimal_values(TWO_CELLS, 0.5, epsilon=0.4)
    policy = np.array([[0.1, 0.1, 0.1, 0.7], [0.1, 0.1, 0.7, 0.1]])
    assert soft == pytest.approx(policy_values(TWO_CELLS, policy, 0.5))


def test_the_price_of_not_trying() -> None:
    says("Without exploration the start is worth 0.0733 in the end, with it 2.8520, of 3.2543 at best.")
    for epsilon, worth in ((0, "0.0733"), (0.3, "2.8520")):
        said = said_by(f"python tabular/q_learning.py --map discount --epsilon {epsilon} --headless")
        assert f"exact: {worth} under this greedy policy, 3.2543 at best" in said


def test_what_the_answers_say() -> None:
    values = optimal_values(GridWorld.load("course").mdp(), 0.9)
    says("every reward but those of three cells is 0")
    world = GridWorld.load("course")
    assert sum(world.cells[letter].reward != 0 for row in world.letters for letter in row if letter in "TG") == 3
    assert [state for state, value in enumerate(values) if value <= 0] == np.flatnonzero(
        world.where("terminal")
    ).tolist()
    says("They end at 0, -14, -20 and -22 in the top row")
    gridworld = GridWorld.load("sutton-4-1").mdp()
    assert policy_values(gridworld, np.full((16, 4), 0.25), 1.0)[:4] == pytest.approx([0, -14, -20, -22])


def test_the_maps_of_other_books() -> None:
    says("is worth -0.3727", "alone it would be worth 0.0778", "are worth 1 and -1, and the start 0.491:")
    says("needs 15 moves", "7 are enough, and with gusts it takes 10.96 on average")
    printed = {"scratch-3-4').mdp": "-0.3727", "pays_every_step=False": "0.0778", "gusts=True": "-10.96"}
    for part, number in printed.items():
        [command] = [line for line in ENGLISH.splitlines() if line.startswith("python -c") and part in line]
        assert said_by(command) == number
    grids = {
        "exits": ["1.000", "-1.000", "0.491"],
        "windy --discount 1": ["-15.000"],
        "windy-king --discount 1": ["-7"],
    }
    for task, numbers in grids.items():
        said = said_by(f"python dp/value_iteration.py --map {task} --headless")
        assert all(number in said for number in numbers)
    assert GridWorld.load("windy").mdp().n_actions == 4


def test_what_is_normal_and_when_to_worry() -> None:
    says("on the course's map three cells of 25 pay anything", "two moves in ten go where you did not want")
    course = GridWorld.load("course")
    assert sum(course.cells[letter].reward != 0 for row in course.letters for letter in row if letter in "TG") == 3
    assert course.mdp().n_states == 25
    says("returns less than nothing on the course's map, -1.6 an episode")
    mdp = course.mdp()
    at_random = policy_values(mdp, np.full((mdp.n_states, mdp.n_actions), 1 / mdp.n_actions), 1.0)
    assert at_random[course.starts[0]] == pytest.approx(-1.6, abs=0.05)
    says("all values lie between -2 and 2")
    for policy in (COIN, ANYTHING, np.array([[0, 0, 0, 1], [0, 0, 1, 0]])):
        values = policy_values(TWO_CELLS, policy, 0.5)
        of_actions = TWO_CELLS.action_values(values, 0.5)
        assert (np.abs(values) <= 2).all() and (np.abs(of_actions) <= 2).all()
        assert (of_actions.min(axis=1) <= values).all() and (values <= of_actions.max(axis=1) + 1e-9).all()


def test_the_korean_page_names_what_the_korean_window_says() -> None:
    course = gettext.translation("course", ROOT / "common" / "locale", ["ko"])
    for name in ("state", "last move", "episodes finished", "discounted"):
        assert f'"{course.gettext(name)}"' in KOREAN and f'"{name}"' in ENGLISH, name
