"""The runs that are handed out with a bug: both are there, made by running, and the planted one shows the symptom."""

from pathlib import Path

from exercises.bugs import bugs
from exercises.runs import RUNS, SIDES, columns, draw, hand_out, lines_of_a_table, make

import numpy as np
import pytest

BUGS = {bug.name.removeprefix("bug-"): bug for bug in bugs()}
NETWORKS = [name for name, bug in BUGS.items() if bug.chapter.startswith("deep/")]
LEARNERS = [name for name, bug in BUGS.items() if not bug.chapter.startswith("dp/")]


def kept(name: str, side: str, table: str) -> dict[str, list[float]]:
    return columns(RUNS / name / side / table)


def test_every_learner_has_both_runs_and_nothing_else_is_there() -> None:
    assert sorted(path.name for path in RUNS.iterdir()) == sorted(LEARNERS)
    for name in LEARNERS:
        wanted = {"progress.csv", "episodes.csv"} if name in NETWORKS else {"curve.csv"}
        for side in SIDES:
            assert {path.name for path in (RUNS / name / side).iterdir()} == wanted
        first, second = ((RUNS / name / side / min(wanted)).read_bytes() for side in SIDES)
        assert (first == second) == (name == "scale"), "who acts at random earns the same, whatever it has learned"
        assert len(first) + len(second) < 80_000


def test_the_runs_of_networks_show_their_symptoms_and_those_of_the_chapters_do_not() -> None:
    last = {(name, side): kept(name, side, "progress.csv") for name in NETWORKS for side in SIDES}
    for name in NETWORKS:
        planted, chapter = (last[name, side]["evaluation"] for side in SIDES)
        assert max(chapter) > 2 * max(planted[1:])
    loss, splendid = last["growing-loss", "planted"]["loss"], last["splendid-loss", "planted"]["loss"]
    started = [each for each in loss if not np.isnan(each)]
    assert started[-1] > 10 * started[0] and splendid[-1] < 0.01
    for name in ("growing-loss", "splendid-loss", "surely-bad"):
        assert np.median(last[name, "planted"]["evaluation"]) < 11
    assert last["surely-bad", "planted"]["entropy"][-1] < 0.1
    undecided, solved = (last["undecided", side] for side in SIDES)
    assert min(undecided["entropy"]) > 0.5 and undecided["steps"][-1] == 20_000
    assert undecided["evaluation"][-1] < 475 <= solved["evaluation"][-1]


def test_the_runs_of_tables_differ_where_the_symptom_is() -> None:
    for name in ("islands", "lonely-start", "two-masters"):
        planted, chapter = (kept(name, side, "curve.csv") for side in SIDES)
        errors = [next(values for title, values in run.items() if "RMS" in title)[-1] for run in (planted, chapter)]
        assert errors[0] > 2 * errors[1]
        for text, error in zip((BUGS[name].shows[0], BUGS[name].instead[0]), errors, strict=True):
            assert float(text) == pytest.approx(error, abs=5e-5)
    returns = [np.mean(kept("edge", side, "curve.csv")["SARSA: return"][-100:]) for side in SIDES]
    assert returns == pytest.approx([-41.17, -22.95])
    runs = [kept("daydream", side, "curve.csv") for side in SIDES]
    steps = [sum(values for title in run if title.endswith(": steps") for values in run[title]) for run in runs]
    assert steps == [13_928, 10_949]


def test_both_are_handed_out_with_their_curves(tmp_path: Path) -> None:
    for name in ("edge", "undecided"):
        assert hand_out(BUGS[name], tmp_path / name)
        for side in SIDES:
            given = {path.name: path.read_bytes() for path in (tmp_path / name / side).iterdir()}
            assert given.pop("curve.png").startswith(b"\x89PNG")
            assert given == {path.name: path.read_bytes() for path in (RUNS / name / side).iterdir()}
    assert not hand_out(BUGS["timid"], tmp_path / "timid") and not (tmp_path / "timid").exists()


def test_the_curve_of_a_table_is_the_error_where_it_was_measured(tmp_path: Path) -> None:
    found = {"episode": [1.0, 2.0, 3.0], "A: return": [1.0, 3.0, 8.0], "A: steps": [4.0, 4.0, 4.0]}
    (returns,) = lines_of_a_table(found)
    assert returns.label == "A: return" and list(returns.y) == [1, 2, 4]
    (errors,) = lines_of_a_table(found | {"A: RMS error": [3.0, 2.0, 1.0]})
    assert errors.label == "A: RMS error" and list(errors.y) == [3, 2, 1]
    (tmp_path / "curve.csv").write_text("episode,A: return\n1,2\n2,\n", encoding="utf-8")
    assert np.isnan(columns(tmp_path / "curve.csv")["A: return"][1])
    draw(tmp_path, "A")
    assert (tmp_path / "curve.png").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["islands", "surely-bad"])
def test_made_again_they_are_the_same(name: str, tmp_path: Path) -> None:
    """To the digit where nothing depends on the machine; a network's numbers do, but not that it gets worse."""
    make(BUGS[name], tmp_path)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv"))
    assert made == sorted(path.relative_to(RUNS / name) for path in (RUNS / name).rglob("*.csv"))
    for path in made:
        again, before = columns(tmp_path / path), columns(RUNS / name / path)
        assert again.keys() == before.keys()
        if name in NETWORKS:
            assert path.name != "progress.csv" or again["steps"] == before["steps"][: len(again["steps"])]
        else:
            assert all(again[each] == pytest.approx(before[each]) for each in before)
    if name in NETWORKS:
        planted = columns(tmp_path / "planted" / "progress.csv")
        assert np.median(planted["evaluation"]) < 11 and planted["entropy"][-1] < 0.1
