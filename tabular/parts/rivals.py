"""The second learner of --versus: another chapter's, with the same step size, epsilon, discount and seed."""

import importlib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType

from common.errors import UserError
from tabular.parts.learning_options import ControlOptions
from tabular.parts.method import Method

CHAPTERS = Path(__file__).parent.parent


def rival(options: ControlOptions) -> list[Method]:
    """The method of the chapter that --versus names, in a list; an empty one without --versus.

    Its own options have their defaults. Raises UserError for a name that no chapter has which learns to act.
    """
    if options.versus is None:
        return []
    rivals = dict(learners())
    if options.versus not in rivals:
        raise UserError(
            "--versus {versus} is no learner of the course: choose {rivals}",
            versus=options.versus,
            rivals=", ".join(rivals),
        )
    return [_method(rivals[options.versus], options)]


def all_methods(options: ControlOptions) -> list[Method]:
    """The method of every chapter that learns to act, with these numbers; its own options have their defaults."""
    return [_method(chapter, options) for _, chapter in learners()]


def _method(chapter: ModuleType, options: ControlOptions) -> Method:
    shared = {field.name: getattr(options, field.name) for field in fields(ControlOptions)}
    method: Method = chapter.method(chapter.Options(**shared))
    return method


def learners() -> Iterator[tuple[str, ModuleType]]:
    """(name, module) of each *.py directly in the folder that offers a method which learns to act."""
    for path in sorted(CHAPTERS.glob("[a-z]*.py")):
        chapter = importlib.import_module(f"{CHAPTERS.name}.{path.stem}")
        if hasattr(chapter, "method") and issubclass(chapter.Options, ControlOptions):
            yield path.stem, chapter
