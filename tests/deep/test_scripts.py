"""The deep value chapters as scripts: help, bad input, a tiny run and its demo, Ctrl-C and resumption."""

import json
import os
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.parts.chapter_process import ROOT, deep_chapters, one_thread
from common.errors import UserError
from common.networks.weights import Saved, load_networks, save_networks
from common.options import parse
from common.runs.evaluation import Evaluation
from deep.dqn import DQN, Options, train
from deep.parts.launch import start

import numpy as np
import pytest

SMALL = {
    "q": Saved(
        json.dumps(
            {
                "class_name": "Sequential",
                "config": {
                    "layers": [
                        {"class_name": "InputLayer", "config": {"batch_shape": [None, 3]}},
                        {"class_name": "Dense", "config": {"units": 2, "activation": "linear"}},
                    ]
                },
            }
        ),
        [np.zeros((3, 2), np.float32), np.zeros(2, np.float32)],
        ("layers/dense/vars/0", "layers/dense/vars/1"),
    )
}


def main(options: Options) -> int:
    return start("dqn", options, DQN, train)


def run(chapter: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "deep" / f"{chapter}.py"), *arguments]
    environment = {name: value for name, value in one_thread().items() if name != "DISPLAY"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8")


def test_help_comes_at_once(tmp_path: Path) -> None:
    """Of every chapter, and without TensorFlow."""
    script = (
        "import runpy, sys\n"
        "for path in sys.argv[1:]:\n"
        "    sys.argv = [path, '--help']\n"
        "    try:\n"
        "        runpy.run_path(path, run_name='__main__')\n"
        "    except SystemExit as ended:\n"
        "        assert not ended.code, path\n"
        "    print('=====')\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)\n"
    )
    paths = [str(ROOT / "deep" / f"{chapter}.py") for chapter in deep_chapters()]
    command = [sys.executable, "-c", script, *paths]
    done = subprocess.run(command, cwd=tmp_path, env=one_thread(), capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    *helps, rest = done.stdout.split("=====")
    assert len(helps) == len(paths) and not rest.strip()
    assert all("--discount" in text and "--demo" in text for text in helps)


BAD = {
    "--learning-rate 0": "--learning-rate is 0",
    "--learning-rate nan": "--learning-rate is nan",
    "--discount 1.5": "--discount is 1.5",
    "--epsilon-end -1": "--epsilon-end is -1",
    "--memory 0": "--memory is 0",
    "--batch 0": "--batch is 0",
    "--gradient-steps 4": "--gradient-steps is now --learn-every",
    "--no-target-network": "--no-target-network is now --target-every 1",
    "--steps 0": "--steps is 0",
    "--env CartPole-v7": "CartPole-v1",
    "--env Pendulum-v1": "has continuous actions",
    "--env-arg gravity": "--env-arg gravity is not NAME=VALUE",
    "--env-arg gravity=3": "CartPole-v1 takes sutton_barto_reward",
    "--out file": "is a file",
    "--demo --weights none.weights.h5": "there are no weights",
    "--demo --weights .": "is a folder",
    "--demo --weights file": "not a whole weights file",
    "--demo --weights small.weights.h5": "reads 3 numbers",
    "--demo --env Acrobot-v1": "no weights for Acrobot-v1 come with the course: train them with  python ",
    "--resume nothing": "--resume needs",
    "--colour red": "colour",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two files that are no weights for CartPole."""
    (tmp_path / "file").write_bytes(b"")
    save_networks(tmp_path / "small.weights.h5", SMALL, "dqn")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", BAD)
def test_bad_input_is_one_line(command: str, folder: Path) -> None:
    with pytest.raises(UserError) as error:
        main(parse(Options, command.split()))
    assert BAD[command] in str(error.value) and "\n" not in str(error.value)
    assert not (folder / "results").exists(), "nothing is written for a command that cannot work"


def test_a_process_says_it_in_one_line_with_status_2(folder: Path) -> None:
    done = run("dqn", "--batch", "0", cwd=folder)
    assert done.returncode == 2
    assert done.stderr == "error: --batch is 0; it must be at least 1\n"


def same(left: Path, right: Path) -> bool:
    return left.read_bytes() == right.read_bytes()


def test_a_run_its_demo_and_the_same_run_stopped_by_ctrl_c(tmp_path: Path) -> None:
    """Two processes, one of them stopped in the middle and resumed, leave the same files bit for bit."""
    arguments = ["--steps", "1500", "--headless", "--evaluate-every", "700", "--learning-starts", "64"]
    done = run("dqn", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("Loading TensorFlow") and "cuda" not in done.stderr.lower()
    whole = tmp_path / "results" / "dqn" / "seed-0"
    assert (whole / "curve.png").stat().st_size > 1000
    summary = json.loads((whole / "summary.json").read_text(encoding="utf-8"))
    played = run("dqn", "--demo", "--weights", summary["weights"], "--episodes", "2", cwd=tmp_path)
    assert played.returncode == 0 and "mean return" in played.stdout, played.stderr
    assert "TensorFlow" not in played.stderr, "a demo acts with NumPy"

    command = [sys.executable, str(ROOT / "deep" / "dqn.py"), *arguments, "--out", "part"]
    process = subprocess.Popen(command, cwd=tmp_path, env=one_thread(), stderr=subprocess.DEVNULL)
    while not (tmp_path / "part" / "options.json").exists() and process.poll() is None:
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=300)
    part = tmp_path / "part"
    if json.loads((part / "summary.json").read_text(encoding="utf-8"))["interrupted"]:
        assert process.returncode == 130
        done = run("dqn", "--steps", "1500", "--headless", "--resume", "part", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert same(whole / "dqn.weights.h5", part / "dqn.weights.h5")
    states = [np.load(folder / "checkpoint.npz") for folder in (whole, part)]
    assert states[0].files == states[1].files
    differ = [name for name in states[0].files if not np.array_equal(states[0][name], states[1][name])]
    assert differ == ["run"], "only the seconds differ"


@pytest.mark.parametrize("chapter", deep_chapters())
def test_a_script_with_a_tiny_budget_leaves_what_a_run_leaves(
    chapter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is run as a script, but within this process, for TensorFlow loads slowly."""
    monkeypatch.chdir(tmp_path)

    one_process = ["--in-turn", "--rollout", "5"] if chapter == "a3c" else []

    def printed(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", [f"{chapter}.py", "--headless", *one_process, *arguments])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(ROOT / "deep" / f"{chapter}.py"), run_name="__main__")
        assert not ended.value.code
        return capsys.readouterr().out

    trained = printed("--steps", "600", "--evaluate-every", "300", "--out", "run", "--tensorboard", "events")
    played = printed("--demo", "--weights", f"run/{chapter}.weights.h5", "--episodes", "2")
    summary = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    assert summary["chapter"] == chapter and summary["steps"] <= 600 and summary["evaluation"]["episodes"] == 100
    assert "solved" in trained and "mean return" in played
    left = {"options.json", "progress.csv", "episodes.csv", "curve.png", "summary.json", f"{chapter}.weights.h5"}
    assert left <= {file.name for file in (tmp_path / "run").iterdir()}
    assert list((tmp_path / "events").glob("events*"))


def test_acrobot_is_learned_from_its_own_reward(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Evaluation.__init__, "__kwdefaults__", {"target": None, "episodes": 10})  # not a hundred
    assert main(parse(Options, ["--env", "Acrobot-v1", "--steps", "700", "--evaluate-every", "700", "--headless"])) == 0
    progress = (folder / "results" / "dqn" / "seed-0" / "episodes.csv").read_text(encoding="utf-8")
    assert "-500.0" in progress


def test_killed_while_saving_leaves_whole_files(tmp_path: Path) -> None:
    """Weights are overwritten again and again by a process that is killed without warning."""
    script = (
        "import itertools, numpy as np\n"
        "from pathlib import Path\n"
        "from common.networks.weights import Saved, save_networks\n"
        "for n in itertools.count():\n"
        "    saved = Saved('', [np.full((300, 300), n), np.zeros(300)], ('layers/a/vars/0', 'layers/a/vars/1'))\n"
        "    save_networks(Path('w.weights.h5'), {'q': saved}, 'dqn')\n"
    )
    for delay in (0.05, 0.11, 0.2):
        writer = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, env=os.environ)
        while not (tmp_path / "w.weights.h5").exists():
            time.sleep(0.01)
        time.sleep(delay)
        writer.kill()
        writer.wait()
        weights = load_networks(tmp_path / "w.weights.h5").networks["q"].weights
        assert (weights[0] == weights[0][0, 0]).all()
        (tmp_path / "w.weights.h5").unlink()


@pytest.mark.slow
@pytest.mark.parametrize("chapter", ["dqn", "n_step_dqn", "deep_sarsa"])
def test_five_seeds_that_no_option_was_tuned_on_are_solved(chapter: str, tmp_path: Path) -> None:
    from benchmarks.parts.chapter_process import train_chapter

    assert all(train_chapter(chapter, seed, tmp_path / str(seed))["solved"] for seed in range(200, 205))
