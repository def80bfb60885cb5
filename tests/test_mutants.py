"""Every fault of the list is noticed by the test that it names."""

import subprocess
import sys
from pathlib import Path

from tests import mutants

import pytest

LIST = mutants.mutants()


@pytest.mark.parametrize("mutant", LIST, ids=lambda mutant: mutant.name)
def test_a_mutant_is_a_change_of_the_code_as_it_is_and_names_a_test(mutant: mutants.Mutant) -> None:
    assert mutant.text() != (mutants.ROOT / mutant.file).read_text(encoding="utf-8")
    file, _, test = mutant.test.partition("::")
    assert f"def {test.partition('[')[0]}(" in (mutants.ROOT / file).read_text(encoding="utf-8")


def test_no_two_mutants_have_one_name() -> None:
    assert len({mutant.name for mutant in LIST}) == len(LIST)


SMALL = ("dp/parts/greedy.py", "tests/dp/parts/test_greedy.py::test_ties_share_the_probability")
NOTICED = mutants.Mutant("none is best", SMALL[0], "best = action_values.max(axis=1)", "best = 9.0", SMALL[1])
SURVIVES = NOTICED._replace(name="a number more", new="best = action_values.max(axis=1) + 0")
ROTTEN = NOTICED._replace(name="not there", old="no such line")
BROKEN = NOTICED._replace(name="no Python", new="best = (")


@pytest.mark.slow
def test_survivors_are_named_and_so_is_what_cannot_be_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert mutants.try_all([NOTICED]) == 0
    assert capsys.readouterr().out == "1 of 1 mutants noticed\n"
    assert mutants.try_all([NOTICED, SURVIVES, ROTTEN, BROKEN]) == 1
    said = capsys.readouterr().out
    assert "a number more (dp/parts/greedy.py; tests/dp" in said and "SURVIVED" in said
    assert "not there" in said and "0 times, not once" in said and "no Python" in said
    assert "1 of 4 mutants noticed" in said


@pytest.mark.slow
def test_every_mutant_is_noticed() -> None:
    script = Path(mutants.__file__)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
