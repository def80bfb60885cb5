"""Maps to draw: on some it holds and on others it does not, with thresholds that can be computed by hand."""

import re
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.options import parse
from dp.policy_iteration import Options as DPOptions
from dp.policy_iteration import PolicyIteration
from exercises.__main__ import Options, main
from exercises.draw import KINDS, drawings, two_discounts, two_paths
from gridworld.world import GridWorld
from tests.claims.running import run_here

import pytest

CORRIDOR = """
grid = "N S . . F"
[cells.N]
reward = 1.0
terminal = true
[cells.F]
reward = {far}
terminal = true
"""
EDGE = """
grid = '''
. . . . .
. . . . .
S C C C G
'''
step_reward = -1.0
[cells.C]
reward = {fall}
goes_to = "start"
[cells.G]
terminal = true
"""


@pytest.mark.parametrize(
    ("far", "verdict"),
    [
        (24.9, ("", {})),
        (25.0, ("agree", {"signs": ">"})),
        (25.1, ("agree", {"signs": ">"})),
        (1.3, ("", {})),
        (1.2, ("agree", {"signs": "<"})),
    ],
)
def test_discounts_that_disagree(far: float, verdict: Any) -> None:
    """1 with the first move against far with the third: it is worth far / 25 with 0.2 and far * 0.81 with 0.9."""
    assert two_discounts(GridWorld.from_toml(CORRIDOR.format(far=far))) == verdict


def test_equal_values_are_equal_whatever_their_last_digits() -> None:
    """89.1 with the first move and 110 with the third are worth the same with 0.9, but not to the last bit."""
    assert 0.9 * (0.9 * 110) != 89.1
    text = CORRIDOR.format(far=110.0).replace("reward = 1.0", "reward = 89.1")
    assert two_discounts(GridWorld.from_toml(text)) == ("agree", {"signs": "<"})


def test_paths_that_part() -> None:
    """Beside the edge a random move falls; if that costs little, both walk along it."""
    assert two_paths(GridWorld.from_toml(EDGE.format(fall=-99.0))) == ("", {})
    assert two_paths(GridWorld.from_toml(EDGE.format(fall=0.0))) == ("same", {})
    mirrored = EDGE.format(fall=-99.0).replace("S C C C G", "G C C C S")
    assert two_paths(GridWorld.from_toml(mirrored)) == ("", {})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (EDGE.format(fall=-99.0) + "[cells.D]\nreward = 0.0\n", ""),
        (EDGE.format(fall=-99.0).replace("'''\ns", "'''\nslip = 0.1\ns"), "slips"),
        (EDGE.format(fall=-99.0).replace(". . . . .\nS", "S . . . .\nS"), "starts"),
        (EDGE.format(fall=-99.0).replace(". . . . .\nS", ". . . . .\n. . . . .\nS"), ""),
        (EDGE.format(fall=-99.0).replace(". . . . .\nS", ". . . . .\n. . . . .\n. . . . .\nS"), "large"),
        (EDGE.format(fall=-99.0).replace("step_reward = -1.0", "step_reward = 1.0"), "lost"),
    ],
)
def test_what_two_paths_asks_of_a_map(text: str, complaint: str) -> None:
    assert two_paths(GridWorld.from_toml(text))[0] == complaint


def test_one_start_is_asked_of_both() -> None:
    two = CORRIDOR.format(far=2.0).replace("S . .", "S S .")
    assert two_discounts(GridWorld.from_toml(two)) == ("starts", {})


def test_the_chapters_policies_say_the_same() -> None:
    """Policy iteration's arrows at the start of the corridor: left with discount 0.2, right with 0.9."""
    mdp = GridWorld.from_toml(CORRIDOR.format(far=10.0)).mdp()
    for discount, action in ((0.2, "<"), (0.9, ">")):
        agent = PolicyIteration(mdp, DPOptions(discount=discount))
        agent.solve()
        assert agent.policy[1].argmax() == "^v<>".index(action)


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Say a command; gives the exit status and what was printed."""

    def command(*words: str, language: str = "en") -> tuple[int, str]:
        status = main(parse(Options, ["map", *words, "--student", str(tmp_path / "my"), "--language", language]))
        return status, capsys.readouterr().out

    return command


def test_from_the_list_to_the_tick(say: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status, printed = say()
    assert status == 0 and printed.count("[ ]") == len(drawings()) == 2
    assert "discount 0.2" in say("two-discounts")[1] and "감가율 0.2" in say("two-discounts", language="ko")[1]
    file = tmp_path / "mine.toml"
    for far, status, told in ((30.0, 1, "at the start > is best with both discounts"), (10.0, 0, "it holds")):
        file.write_text(CORRIDOR.format(far=far), encoding="utf-8")
        found, printed = say("two-discounts", str(file))
        assert (found, len(printed.splitlines())) == (status, 1 if status else 3)
        assert told in printed and re.search("[가-힣]", say("two-discounts", str(file), language="ko")[1])
    assert "[x] two-discounts" in say()[1] and "[ ] two-paths" in say()[1]
    monkeypatch.chdir(tmp_path)
    for command in re.findall("python .*--headless", say("two-discounts", str(file))[1]):
        assert ("<" if "0.2" in command else ">") in run_here(command).split("policy")[1].split()[1]


def test_every_drawing_has_its_words_in_both_languages() -> None:
    for drawing in drawings():
        assert drawing.kind in KINDS and drawing.shows
        english, korean = (drawing.words[language] for language in ("en", "ko"))
        assert english.complaints.keys() == korean.complaints.keys()
        for told, is_korean in ((english, False), (korean, True)):
            sentences = [told.title, told.asked, *told.complaints.values()]
            assert all(bool(re.search("[가-힣]", sentence)) == is_korean for sentence in sentences)
        for name, sentence in english.complaints.items():
            assert re.findall(r"\{\w+\}", sentence) == sorted(re.findall(r"\{\w+\}", korean.complaints[name])), name


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nothing"], "there is no map to draw called 'nothing'"),
        (["two-paths", "nothing.toml"], r"there is no map or file 'nothing\.toml'"),
        (["two-paths", "3"], "a number belongs to predict, not to map"),
    ],
)
def test_bad_input_is_one_line(say: Any, words: list[str], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        say(*words)
    with pytest.raises(UserError, match=r"a file belongs to map, not to predict: mine\.toml"):
        parse(Options, ["predict", "slip", "mine.toml"])
