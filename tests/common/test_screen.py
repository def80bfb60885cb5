"""What is printed survives, and what it is printed to does not decide whether the work is done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PRINT = r"""
import sys
from common import screen
screen.prepare()
print('\uac12 \u2211 \u03c0 \U0001f600')
print(sys.argv[1], file=sys.stderr)
"""
WORK = """
import sys
from common import screen
screen.prepare()
for line in range(20_000):
    print("a line that is long enough to fill a buffer")
open("done", "w").close()
print("error:", screen.lost(), file=sys.stderr)
"""


def python(script: str, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[bytes]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LANG", "LC_"))}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, env=environment | settings, check=True)


def test_text_survives_a_korean_windows_terminal() -> None:
    done = python(PRINT, "없음", PYTHONIOENCODING="cp949")
    assert done.stdout.decode("cp949").split() == ["값", "∑", "π", r"\U0001f600"]
    assert done.stderr.decode("cp949").split() == ["없음"]


@pytest.mark.skipif(os.name != "posix", reason="arguments are bytes only there")
@pytest.mark.parametrize("mode", ["0", "1"])
def test_korean_paths_survive_the_c_locale(mode: str) -> None:
    done = python(PRINT, "한글/없음.toml", LC_ALL="C", PYTHONUTF8=mode, PYTHONCOERCECLOCALE="0")
    assert done.stdout.decode("utf-8").startswith("값 ∑ π 😀")
    assert done.stderr.decode("utf-8").strip() == "한글/없음.toml"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_said_at_the_end_and_the_work_is_done(unbuffered: str, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", WORK], stdout=full, stderr=subprocess.PIPE, cwd=tmp_path,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered}, check=True,
        )  # fmt: skip
    assert done.stderr == b"error: No space left on device\n" and (tmp_path / "done").exists()


def test_the_work_is_done_though_nobody_reads_on(tmp_path: Path) -> None:
    """As with `| head -1`: no complaint, for the reader did not want more."""
    with subprocess.Popen(
        [sys.executable, "-c", WORK], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read().split() == [b"error:", b"None"]
    assert process.returncode == 0 and (tmp_path / "done").exists()


@pytest.mark.skipif(os.name != "posix", reason="a POSIX shell closes them")
def test_the_work_is_done_though_the_streams_are_closed(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(WORK, encoding="utf-8")
    subprocess.run(f"{sys.executable} work.py >&- 2>&-", shell=True, cwd=tmp_path, check=True)
    assert (tmp_path / "done").exists()


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "ImportError('KeyboardInterrupt: <EMPTY MESSAGE>')"])
def test_ctrl_c_while_importing_is_one_word(error: str) -> None:
    command = [sys.executable, "-c", f"import common; raise {error}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "stopped\n")


def test_other_errors_show_where_they_come_from() -> None:
    done = subprocess.run([sys.executable, "-c", "import common; 1 / 0"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "Traceback" in done.stderr
