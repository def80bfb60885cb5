"""Exercises: write one line of a chapter, and be told at once whether it is right.

python -m exercises                      the list
python -m exercises start q-target       writes my/q_target.py: the chapter without the line that is yours
python -m exercises check q-target       grades it with the chapter's own tests
python -m exercises hint q-target        where to read, then a question, then the shape and the names in scope
python my/q_target.py                    your own agent in the window
python -m exercises diff q-target        after a pass: your line beside the chapter's
python -m exercises start bug-edge       writes my/bug_edge.py: the chapter with a mistake; check --line names it
python -m exercises predict              the questions about a run; with a name and a number, whether it is so
python -m exercises map                  the list of maps to draw; with a name and a file, whether it holds of that map
python -m exercises quiz                 the list of quizzes; with a name, what a page teaches, asked
python -m exercises notebooks            makes a notebook of every chapter, in notebooks/
python -m exercises check --all --student DIR ...        for a teacher: a folder a student, also as --json
"""

import json
import math
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from common.errors import UserError
from common.files import atomic_write
from common.language import current
from common.options import CheckedOptions, Count, launch
from exercises.bugs import Bug, bugs, find, named
from exercises.draw import draw
from exercises.exercise import ROOT, Exercise, Language, catalogue
from exercises.grade import grade
from exercises.notebooks.write import FOLDER, write
from exercises.predict import find as find_prediction
from exercises.predict import predictions
from exercises.quiz import quiz
from exercises.runs import hand_out
from exercises.sentences import SENTENCES

import tyro

Command = Literal["list", "start", "check", "hint", "diff", "predict", "map", "quiz", "notebooks"]
PROGRESS = "progress.json"
"""In the student's folder: which exercises are done, and how many hints were read."""


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Write one line of a chapter, and be told at once whether it is right."""

    command: Annotated[
        Literal["list", "start", "check", "hint", "diff", "predict", "map", "quiz", "notebooks"], tyro.conf.Positional
    ] = "list"
    """what to do"""
    exercise: Annotated[str, tyro.conf.Positional] = ""
    """the name of an exercise, of what is to be predicted or drawn, or of a quiz, as the list has it"""
    answer: Annotated[float | Path | None, tyro.conf.Positional, tyro.conf.arg(metavar="NUMBER|FILE")] = None
    """the number that you predict, or the map that you drew"""
    all: bool = False
    """check every exercise"""
    line: Count | None = None
    """check: the line of a bug, counted in the file as start wrote it"""
    json: bool = False
    """print what was checked as JSON"""
    student: tuple[Path, ...] = (ROOT / "my",)
    """the folder with the answers; check takes several"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.all != (self.command == "check" and not self.exercise) and self.command == "check":
            raise UserError("name one exercise to check, or say --all")
        if self.command in ("start", "hint", "diff") and not self.exercise:
            raise UserError(
                "name the exercise: python -m exercises {command} NAME; the list has the names", command=self.command
            )
        if (self.all or self.json) and self.command != "check":
            raise UserError("--all and --json belong to check, not to {command}", command=self.command)
        if self.line is not None and (self.command != "check" or self.all or self.json):
            raise UserError("--line belongs to the check of one bug, without --all and --json")
        if len(self.student) != 1 and self.command != "check":
            raise UserError("{command} takes one folder, not {count}", command=self.command, count=len(self.student))
        kind, taker = ("number", "predict") if isinstance(self.answer, float) else ("file", "map")
        if self.answer is not None and self.command != taker:
            raise UserError(
                "a {kind} belongs to {taker}, not to {command}: {answer}",
                kind=kind,
                taker=taker,
                command=self.command,
                answer=self.answer,
            )
        if isinstance(self.answer, float) and not math.isfinite(self.answer):
            raise UserError("{answer} cannot be what a run shows", answer=self.answer)
        if self.command == "notebooks" and self.exercise:
            raise UserError("notebooks makes all of them, not {exercise} alone", exercise=self.exercise)
        if self.command == "list" and self.exercise:
            raise UserError("list takes no exercise; did you mean start {exercise}?", exercise=self.exercise)

    @property
    def spoken(self) -> Language:
        """The language of what is printed."""
        return "ko" if current() == "ko" else "en"

    @property
    def folder(self) -> Path:
        """The student's."""
        return self.student[0]


def progress(folder: Path) -> dict[str, Any]:
    """What is remembered of a student. An unreadable file is an empty one."""
    try:
        kept = json.loads((folder / PROGRESS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def remember(folder: Path, name: str, **facts: Any) -> None:
    """Keep facts about an exercise."""
    kept = progress(folder)
    kept[name] = {**kept.get(name, {}), **facts}
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_write(folder / PROGRESS) as temporary:
        temporary.write_text(json.dumps(kept, indent=1), encoding="utf-8")


def answer_of(exercise: Exercise, folder: Path) -> Path:
    """The student's file. Raises UserError where there is none."""
    file = folder / exercise.file
    if not file.is_file():
        raise UserError(
            "{file} is not there; python -m exercises start {name} writes it", file=shown(file), name=exercise.name
        )
    return file


def shown(path: Path) -> str:
    """A path as one types it from the current folder."""
    path, here = path.resolve(), Path.cwd().resolve()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def show_list(options: Options) -> int:
    """The exercises, and which are done."""
    kept, said = progress(options.folder), SENTENCES[options.spoken]
    exercises, planted = catalogue(), bugs()
    widths = [max(len(getattr(each, part)) for each in [*exercises, *planted]) for part in ("name", "chapter")]
    for exercise in [*exercises, *planted]:
        if exercise in planted[:1]:
            print(f"\n{said['bugs']}")
        tick = "x" if kept.get(exercise.name, {}).get("done") else " "
        minutes, title = f"{exercise.minutes:3} {said['minutes']}", exercise.words[options.spoken].title
        print(f"[{tick}] {exercise.name:{widths[0]}}  {exercise.chapter:{widths[1]}}  {minutes}  {title}")
    print(said["begin"])
    return 0


def start(options: Options) -> int:
    """Write the student's file."""
    exercise = find(options.exercise)
    file = options.folder / exercise.file
    if file.exists():
        raise UserError("{file} is there already; delete it to begin again", file=shown(file))
    options.folder.mkdir(parents=True, exist_ok=True)
    with atomic_write(file) as temporary:
        temporary.write_text(exercise.blank, encoding="utf-8", newline="\n")
    print(exercise.task(shown(file), options.spoken))
    runs = file.with_name(f"{file.stem}_runs")
    if isinstance(exercise, Bug) and hand_out(exercise, runs):
        print(SENTENCES[options.spoken]["runs"].format(folder=shown(runs)))
    return 0


def check(options: Options) -> int:
    """Grade one exercise or all, of one student or several; status 1 while anything fails."""
    if options.line is not None:
        bug, said = named(options.exercise, options.line), SENTENCES[options.spoken]
        there = bug.is_at(options.line)
        print(said["there" if there else "elsewhere"].format(line=options.line, name=bug.name))
        return int(not there)
    chosen = [*catalogue(), *bugs()] if options.all else [find(options.exercise)]
    for folder in options.student:
        if options.all and not folder.is_dir() and folder != ROOT / "my":
            raise UserError("there is no folder {folder}; --student takes one for each student", folder=shown(folder))
    results = [_checked(options, exercise, folder) for folder in options.student for exercise in chosen]
    if options.json:
        print(json.dumps(results, ensure_ascii=False, indent=1))
    elif options.all:
        for folder in options.student:
            passed = sum(result["passed"] for result in results if result["student"] == str(folder))
            print(SENTENCES[options.spoken]["score"].format(folder=shown(folder), passed=passed, all=len(chosen)))
    return int(not all(result["passed"] for result in results))


def _checked(options: Options, exercise: Exercise, folder: Path) -> dict[str, Any]:
    """Grade one answer, and say how it did unless JSON is asked for."""
    said, file = SENTENCES[options.spoken], folder / exercise.file
    if options.all and not file.is_file():
        told, passed = [said["not started"]], False
    else:
        file = answer_of(exercise, folder).resolve()
        result = grade(exercise, file)
        passed = result.passed
        blank = said["blank"].format(file=shown(file), equation=exercise.equation)
        told = [] if passed else result.lines(exercise, options.spoken) or [blank]
        if folder == options.folder:
            remember(folder, exercise.name, done=passed)
    if not options.json:
        mark = "+" if passed else "-"
        print(f"{mark} {exercise.name}" + (f": {said[exercise.right].format(name=exercise.name)}" if passed else ""))
        print("".join(f"    {line}\n" for line in told), end="", flush=True)
    return {"student": str(folder), "exercise": exercise.name, "passed": passed, "told": told}


def hint(options: Options) -> int:
    """One hint more than the last time."""
    exercise = find(options.exercise)
    hints = exercise.hints(options.spoken)
    count = min(progress(options.folder).get(exercise.name, {}).get("hints", 0) + 1, len(hints))
    remember(options.folder, exercise.name, hints=count)
    for number, text in enumerate(hints[:count], start=1):
        print(f"{number}/{len(hints)}  {text}")
    return 0


def diff(options: Options) -> int:
    """The student's line beside the chapter's, once it is right."""
    exercise = find(options.exercise)
    file = answer_of(exercise, options.folder)
    if not progress(options.folder).get(exercise.name, {}).get("done"):
        raise UserError("first let it pass: python -m exercises check {name}", name=exercise.name)
    try:
        pairs = exercise.beside(file.read_text(encoding="utf-8"), options.spoken)
    except (ValueError, SyntaxError) as error:
        raise UserError("{file} has changed since: {error}", file=shown(file), error=error) from None
    for title, code in pairs:
        print(f"{title}\n" + "".join(f"    {line}\n" for line in code.splitlines()), end="")
    return 0


def predict(options: Options) -> int:
    """The questions; one of them; or whether a number is its answer, with status 1 if it is not."""
    said, language = SENTENCES[options.spoken], options.spoken
    if not options.exercise:
        kept, known = progress(options.folder), predictions()
        for each in known:
            tick = "x" if kept.get(f"predict {each.name}", {}).get("done") else " "
            print(f"[{tick}] {each.name:{max(len(one.name) for one in known)}}  {each.words[language].question}")
        print(said["predict"].format(name="NAME"))
        return 0
    prediction = find_prediction(options.exercise)
    if not isinstance(options.answer, float):
        print("\n".join(prediction.asked(language)))
        return 0
    near = prediction.is_near(options.answer)
    remember(options.folder, f"predict {prediction.name}", done=near, number=options.answer)
    print("\n".join(prediction.judged(options.answer, language)))
    return int(not near)


def drawn(options: Options) -> int:
    """A map to be drawn, whether it holds of one, or the list of them."""
    file = options.answer if isinstance(options.answer, Path) else None
    kept, keep = progress(options.folder), partial(remember, options.folder)
    return draw(options.exercise, file, options.spoken, kept, keep)


def ask(options: Options) -> int:
    """A quiz, or the list of them."""
    return quiz(options.exercise, options.spoken, progress(options.folder), partial(remember, options.folder))


def notebooks(options: Options) -> int:
    """Make the folder of notebooks anew."""
    print(SENTENCES[options.spoken]["notebooks"].format(count=write(), folder=shown(FOLDER)))
    return 0


COMMANDS = {
    "list": show_list,
    "start": start,
    "check": check,
    "hint": hint,
    "diff": diff,
    "predict": predict,
    "map": drawn,
    "quiz": ask,
    "notebooks": notebooks,
}


def main(options: Options) -> int:
    return COMMANDS[options.command](options)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    launch(main, Options)
