"""Which language a script speaks, and that it speaks it wherever it speaks; the numbers are the same in each."""

import ctypes
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from common import language
from common.errors import UserError, one_line
from common.figures import Number, numbers_text
from common.fonts import columns
from common.language import N_, VARIABLES, _, plural, titled
from common.options import CheckedOptions, Count, parse

import pytest

ROOT = Path(__file__).parents[2]


def says(*command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """What a script says with exactly these of the variables that name a language."""
    others = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env={**others, "PYTHONPATH": paths, **environment}, capture_output=True
    )


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko"}, "ko"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "kok_IN"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR.EUC-KR"}, "ko"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:ko:en"}, "ko"),
        ({"LANGUAGE": "", "LC_ALL": "ko_KR"}, "ko"),
    ],
)
def test_the_first_variable_that_is_set_names_the_language(
    environment: dict[str, str], spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.from_system() == spoken


@pytest.mark.parametrize(("desktop", "spoken"), [("ko_KR", "ko"), ("en_US", "en"), ("", "en")])
def test_without_variables_the_desktop_decides(desktop: str, spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(language, "_of_desktop", lambda: desktop)
    assert language.from_system() == spoken


@pytest.mark.parametrize(("number", "spoken"), [(0x0412, "ko"), (0x0409, "en"), (0x0411, "en")])
def test_windows_tells_its_language_by_number(number: int, spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = SimpleNamespace(kernel32=SimpleNamespace(GetUserDefaultUILanguage=lambda: number))
    monkeypatch.setattr(ctypes, "windll", asked, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    assert language._of_desktop() == spoken


def test_macos_tells_its_language_by_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([SimpleNamespace(stdout="ko_KR\n"), OSError("no such command")])

    def run(command: list[str], **_: object) -> SimpleNamespace:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", run)
    assert [language._of_desktop(), language._of_desktop()] == ["ko_KR", ""]


def test_the_command_line_is_asked_first_and_before_options_are_read() -> None:
    assert language.asked_for(["dqn.py", "--language", "ko", "--seed", "1"]) == "ko"
    assert language.asked_for(["dqn.py", "--language=en"]) == "en"
    assert language.asked_for(["dqn.py", "--language", "xx"]) is None
    assert language.asked_for(["dqn.py", "--language"]) is None
    assert language.asked_for(["dqn.py"]) is None


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Train and ship a chapter's weights."""

    batch: Count = 1
    """transitions a gradient step learns from"""


def test_language_is_an_option_of_every_script_but_no_field() -> None:
    assert parse(Options, ["--language", "ko", "--batch", "3"]) == Options(3)
    assert language.current() == "ko"
    assert parse(Options, ["--batch", "3", "--language=en"]) == Options(3)
    assert language.current() == "en"
    for wrong in (["--language"], ["--language", "de"], ["--language=", "--batch", "2"]):
        with pytest.raises(UserError, match="choose en, ko or auto"):
            parse(Options, wrong)
    assert language.current() == "en"


def test_a_message_is_said_in_the_language_of_when_it_is_said() -> None:
    marked = N_("State values")
    assert (_(marked), _("saved {path}", path="a")) == ("State values", "saved a")
    assert (plural("{n} move", "{n} moves", 1), plural("{n} move", "{n} moves", 2)) == ("1 move", "2 moves")
    language.choose("ko")
    assert (_(marked), _("saved {path}", path="a")) == ("상태 가치", "저장했습니다: a")
    assert plural("{n} move", "{n} moves", 2) == "이동 2번"
    assert _("") == "" and _("in no catalogue {x}", x=1) == "in no catalogue 1"
    assert _("100 % of {nothing}") == "100 % of {nothing}"  # braces are left alone where there are no values


def test_names_with_numbers_in_them_are_said_too() -> None:
    names = ("SARSA", "4-step SARSA", "SARSA(0.9)", "Monte Carlo control, first-visit", "TD(0.5), dutch traces")
    assert tuple(map(titled, names)) == names
    language.choose("ko")
    assert tuple(map(titled, names)) == (
        "살사",
        "4스텝 살사",
        "살사(0.9)",
        "몬테카를로 제어, 첫 방문",
        "TD(0.5), 더치 흔적",
    )
    assert titled("Q-learning on cliff") == "cliff의 큐러닝"
    assert titled("a name of your own") == "a name of your own"


def test_what_is_wrong_is_said_in_the_language() -> None:
    language.choose("ko")
    with pytest.raises(UserError, match=r"^--batch이\(가\) 0입니다. 1 이상이어야 합니다$"):
        parse(Options, ["--batch", "0"])
    assert str(UserError("cannot read {path}: no permission", path="가.txt")) == "가.txt: 읽을 권한이 없습니다"
    assert "자 더" in one_line("x" * 1000)


def test_help_is_in_the_language_and_its_frame_is_straight(capsys: pytest.CaptureFixture[str]) -> None:
    for spoken, words in (
        ("en", "transitions a gradient step learns from"),
        ("ko", "그레이디언트 스텝 하나가 배우는 스텝의 수"),
    ):
        with pytest.raises(SystemExit) as stopped:
            parse(Options, ["--help", "--language", spoken])
        shown = capsys.readouterr().out
        assert stopped.value.code == 0 and words in shown and "--language" in shown
        framed = [line for line in shown.splitlines() if line[:1] in ("│", "╭", "╰", " ")]
        assert len(framed) > 5 and len({columns(line) for line in framed}) == 1
        assert ("default:" in shown) == (spoken == "en") and "\ue000" not in shown


def test_an_option_that_says_nothing_of_itself_has_its_help_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    typed: dict[str, type] = {}
    exec("@dataclass(frozen=True)\nclass Typed(CheckedOptions):\n    n: int = 7", globals(), typed)  # as at a prompt
    with pytest.raises(SystemExit):
        parse(typed["Typed"], ["--help"])
    assert "--n" in (shown := capsys.readouterr().out) and "7" in shown and "--language" in shown


def test_the_window_of_a_walk_is_in_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    """python -m gridworld --language ko, and what it says of a move."""
    from gridworld import __main__ as script
    from gridworld.window.lesson_view import LessonView
    from gridworld.window.walk_by_hand import WalkByHand

    lessons: list[WalkByHand] = []
    monkeypatch.setattr(script, "show", lambda lesson, **_: lessons.append(lesson))
    monkeypatch.setattr(script, "has_display", lambda: True)
    script.main(parse(script.Options, ["--language", "ko"]))
    view = LessonView(lessons)
    button = next(each for each in view.controls if each.name == "오른쪽")
    button.press()
    view.commands.listen()
    assert view.commands.message == "오른쪽: 보상 0, 반환값 0"
    # Controls are known by their English names, whatever stands on them.
    assert {"Play", "Step", "Reset", "Help"} <= {each.name for each in view.controls}


def test_numbers_stand_below_each_other_beside_korean_words() -> None:
    language.choose("ko")
    lines = numbers_text([Number("true value", 1.0), Number("UCB: reward in step 11", 22.0)]).splitlines()
    assert [columns(line) for line in lines] == [columns(lines[0])] * 2
    assert lines[0].split()[0] == "참값"


def test_plots_find_hangul(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    from common.runs.curves import Line, save_curve

    language.choose("ko")
    save_curve(tmp_path / "curve.png", "가나다", "episode", "return", [Line("SARSA", [1, 2], [0.0, 1.0])])
    assert [str(each.message) for each in recwarn if "missing" in str(each.message)] == []


def test_a_terminal_that_lacks_hangul_still_gets_everything() -> None:
    """Korean Windows writes cp949; LANG=C is ASCII, where text is written as UTF-8."""
    command = ("tabular/sarsa.py", "--map", "nowhere")
    korean = says(*command, LANG="ko_KR.EUC-KR", PYTHONIOENCODING="cp949")
    plain = says(*command, "--language", "ko", LANG="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    english = says(*command, LANG="C", PYTHONIOENCODING="cp949")
    assert [each.returncode for each in (korean, plain, english)] == [2, 2, 2]
    said = korean.stderr.decode("cp949")
    assert said.startswith("오류: 그런 지도나 파일이 없습니다: 'nowhere'.") and said.count("\n") == 1
    assert plain.stderr.decode("utf-8") == said
    assert english.stderr.decode("ascii").startswith("error: there is no map or file 'nowhere'")


def test_what_is_learned_and_written_does_not_depend_on_the_language(tmp_path: Path) -> None:
    """The curve's table has English names: it is data."""
    tables = []
    for spoken, summary in (("en", "mean return"), ("ko", "평균 반환값")):
        out, table = tmp_path / spoken, tmp_path / f"{spoken}.npz"
        done = says(
            *("tabular/q_learning.py", "--episodes", "20", "--headless", "--language", spoken),
            *("--out", str(out), "--save", str(table)),
            PYTHONIOENCODING="utf-8",
        )
        assert done.returncode == 0 and summary in done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        tables.append((table.read_bytes(), (out / "curve.csv").read_text(encoding="utf-8")))
    assert tables[0] == tables[1]
    assert tables[0][1].startswith("episode,Q-learning: return,")
