"""The chapters as their readers run them: as scripts and modules, from any folder, with good flags and bad ones.

A process takes a second to start, so where that is not the point a script is run within this one.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import imageio.v3 as imageio
import pytest

ROOT = Path(__file__).parents[2]
CHAPTERS = ("policy_iteration", "value_iteration")
BOTH = pytest.mark.parametrize("chapter", CHAPTERS)


def run(
    chapter: str, *arguments: str, folder: Path, as_module: bool = False, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The chapter in a process of its own, without a display."""
    command = ["-m", f"dp.{chapter}"] if as_module else [str(ROOT / "dp" / f"{chapter}.py")]
    settings = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, *command, *arguments],
        cwd=folder,
        env={**settings, "SDL_VIDEODRIVER": "dummy", **environment},
        capture_output=True,
        text=True,
        encoding=environment.get("PYTHONIOENCODING", "utf-8"),
        timeout=120,
    )


Result = tuple[int, str, str]


@BOTH
@pytest.mark.parametrize("as_module", [False, True])
def test_prints_values_policy_sweeps_and_seconds(chapter: str, as_module: bool, tmp_path: Path) -> None:
    result = run(chapter, "--headless", folder=tmp_path, as_module=as_module)
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    # The values around the goal in the middle are 1 and fall by the discount a step.
    assert lines[4].split() == ["0.729", "1.000", "G", "1.000", "0.900"]
    assert lines[10].split() == ["v", ">", "G", "<", "<"]
    assert " sweeps, " in lines[-1]
    assert lines[-1].endswith(" seconds; the values are within 1e-08 of the optimal ones")
    assert list(tmp_path.iterdir()) == []


@BOTH
@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--map", "sutton-4-1", "--discount", "1"], "-3.000"),
        (["--env", "FrozenLake-v1", "--discount", "0.99"], "0.542"),
        (["--env", "Taxi-v3"], "500 states"),
        (["--env", "CliffWalking-v1", "--discount", "1"], "-13.000"),
        (["--size", "30", "--seed", "3", "--slip", "0.2"], "900 states"),
        (["--in-place", "--tolerance", "1e-3"], "within 0.001"),
        (["--env", "FrozenLake-v1", "--env-arg", "is_slippery=False"], "(G goal, H hole)"),
        (["--quick", "--size", "30", "--slip", "0.2"], "900 states"),
        (["--map", "slippery", "--discount", "1"], "seconds; no action is better than the policy's"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_flags(chapter: str, flags: list[str], words: str, call: Callable[..., Result]) -> None:
    status, printed, complaint = call(chapter, "--headless", *flags)
    assert (status, complaint) == (0, "")
    assert words in printed


@BOTH
def test_map_file_in_a_folder_with_a_korean_name(chapter: str, tmp_path: Path) -> None:
    path = tmp_path / "지도 모음" / "내 지도.toml"
    path.parent.mkdir()
    path.write_text('grid = """\nS . .\n. # G\n"""\n[cells.G]\nreward = 1.0\nterminal = true\n', encoding="utf-8")
    result = run(chapter, "--map", str(path), "--headless", folder=tmp_path, PYTHONIOENCODING="cp949")
    assert (result.returncode, result.stderr) == (0, "")
    assert [line.split() for line in result.stdout.splitlines()[2:4]] == [
        ["0.810", "0.900", "1.000"],
        ["0.729", "#", "G"],
    ]


@BOTH
def test_the_same_seed_gives_the_same_map(chapter: str, call: Callable[..., Result]) -> None:
    first, again, other = (
        call(chapter, "--headless", "--size", "6", "--seed", seed)[1].split("sweeps")[0] for seed in ("1", "1", "2")
    )
    assert first == again
    assert first != other


@BOTH
def test_records_what_the_window_would_show(chapter: str, call: Callable[..., Result], tmp_path: Path) -> None:
    assert call(chapter, "--headless", "--record", "film.png")[0] == 0
    assert imageio.imread(tmp_path / "film.png").shape[2] == 3


def test_without_a_display_leaves_a_film_behind_and_says_where(tmp_path: Path) -> None:
    result = run("policy_iteration", folder=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    film = tmp_path / "recordings" / "policy-iteration.gif"
    assert str(film.relative_to(tmp_path)) in result.stdout
    assert len(imageio.imread(film, index=None)) > 20


@BOTH
def test_help_explains_every_flag(chapter: str, call: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    status, printed, _ = call(chapter, "--help")
    assert status == 0
    for flag in ("map", "env", "size", "slip", "seed", "discount", "tolerance", "in-place", "headless", "record"):
        assert f"--{flag}" in printed
    assert "how much a reward counts a step later" in printed


# Written to a file map.toml before the script is run with --map map.toml.
BAD_MAPS = {
    "ragged": 'grid = """\nS . G\n. .\n"""\n[cells.G]\nterminal = true\n',
    "empty grid": 'grid = ""\n',
    "empty file": "",
    "unknown letter": 'grid = """\nS Q G\n"""\n[cells.G]\nterminal = true\n',
    "no start": 'grid = """\n. . G\n"""\n[cells.G]\nterminal = true\n',
    "no goal": 'grid = """\nS . .\n"""\n',
    "start on a wall": 'grid = """\n# . G\n"""\nstart = [0, 0]\n[cells.G]\nterminal = true\n',
    "no TOML": 'grid = """\nS G\n"""\nslip = = 2\n',
    "reward is NaN": 'grid = """\nS G\n"""\n[cells.G]\nterminal = true\nreward = nan\n',
    "reward is infinite": 'grid = """\nS G\n"""\nstep_reward = -inf\n[cells.G]\nterminal = true\n',
    "slip out of range": 'grid = """\nS G\n"""\nslip = 1.5\n[cells.G]\nterminal = true\n',
}


@BOTH
@pytest.mark.parametrize("name", BAD_MAPS)
def test_bad_map_is_one_line(chapter: str, name: str, call: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(BAD_MAPS[name], encoding="utf-8")
    check_one_line(call(chapter, "--map", "map.toml", "--headless"))


BAD_FLAGS = {
    "missing map": (["--map", "nowhere.toml"], "nowhere.toml"),
    "unknown map": (["--map", "coarse"], "course"),
    "a folder": (["--map", "."], "directory"),
    "unknown environment": (["--env", "FrozenLak-v1"], "FrozenLake-v1"),
    "no table": (["--env", "CartPole-v1"], "CartPole-v1"),
    "no model": (["--env", "Blackjack-v1"], "Blackjack-v1"),
    "size 1": (["--size", "1"], "--size"),
    "size of the wrong kind": (["--size", "ten"], "size"),
    "tolerance 0": (["--tolerance", "0"], "--tolerance"),
    "tolerance NaN": (["--tolerance", "nan"], "--tolerance"),
    "discount above 1": (["--discount", "1.5"], "--discount"),
    "discount below 0": (["--discount", "-0.1"], "--discount"),
    "discount 1 where rewards never end": (["--map", "sutton-3-5", "--discount", "1"], "does not converge"),
    "slip above 1": (["--slip", "1.5"], "--slip"),
    "negative seed": (["--size", "5", "--seed", "-1"], "--seed"),
    "setting without an environment": (["--env-arg", "is_slippery=False"], "--env"),
    "quick with a sweep of another kind": (["--quick", "--in-place"], "exclude each other"),
    "quick without a discount": (["--quick", "--discount", "1"], "--quick"),
    "film of another kind": (["--record", "film.avi"], ".gif"),
    "film in a file": (["--record", "file/film.gif"], "file"),
    "film of an environment": (["--env", "Taxi-v3", "--record", "film.gif"], "--record"),
    "slip of an environment": (["--env", "Taxi-v3", "--slip", "0.1"], "--slip"),
    "unknown flag": (["--gamma", "0.9"], "gamma"),
}


@BOTH
@pytest.mark.parametrize("name", BAD_FLAGS)
def test_bad_flag_is_one_line(chapter: str, name: str, call: Callable[..., Result], tmp_path: Path) -> None:
    flags, word = BAD_FLAGS[name]
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    result = call(chapter, "--headless", *flags)
    check_one_line(result)
    assert word in result[2]


BAD_TOGETHER = {
    "exact and in place": ["--exact", "--in-place"],
    "exact and in part": ["--exact", "--sweeps-per-improvement", "3"],
    "quick and exact": ["--quick", "--exact"],
    "in part without a discount": ["--sweeps-per-improvement", "3", "--discount", "1"],
    "no sweeps": ["--sweeps-per-improvement", "0"],
}


@pytest.mark.parametrize("name", BAD_TOGETHER)
def test_ways_to_evaluate_that_do_not_go_together_are_one_line(name: str, call: Callable[..., Result]) -> None:
    check_one_line(call("policy_iteration", "--headless", *BAD_TOGETHER[name]))


@BOTH
def test_a_bad_flag_ends_the_process_with_status_2(chapter: str, tmp_path: Path) -> None:
    result = run(chapter, "--map", "nowhere.toml", folder=tmp_path)
    check_one_line((result.returncode, result.stdout, result.stderr))


def check_one_line(result: Result) -> None:
    status, printed, complaint = result
    assert status == 2
    assert complaint.startswith("error: ")
    assert complaint.count("\n") == 1
    assert "Traceback" not in complaint + printed


@BOTH
def test_starts_without_the_libraries_of_the_deep_chapters(chapter: str, tmp_path: Path) -> None:
    code = (
        f"import sys, dp.{chapter}; print(sorted({{'tensorflow', 'keras', 'matplotlib', 'scipy'}} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_work_of_more_than_a_second_shows_that_it_goes_on(tmp_path: Path) -> None:
    """On a terminal: a far-sighted agent's sweeps take seconds, and a line counts them."""
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    script = [sys.executable, str(ROOT / "dp" / "value_iteration.py")]
    flags = ["--map", "sutton-3-5", "--discount", "0.99999", "--headless"]
    with subprocess.Popen([*script, *flags], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while b" sweeps, 00:" not in shown:
            assert process.poll() is None, "it ended without a word"
            shown += os.read(ours, 1000)
        process.kill()
    os.close(ours)


def test_a_discount_close_to_1_ends_at_once(call: Callable[..., Result]) -> None:
    """Policy iteration solves for the values where sweeps would be millions: v(A) = 10 / (1 - discount ** 5)."""
    status, printed, complaint = call("policy_iteration", "--map", "sutton-3-5", "--discount", "0.99999", "--headless")
    assert (status, complaint) == (0, "")
    assert printed.splitlines()[2].split()[1] == "2e+05"
    assert "2 linear solves" in printed
