"""The second learner of --versus: another chapter's, with the same step size, epsilon, discount and seed."""

import dataclasses
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from common.options import UserError
from tabular.parts.experiment import Method
from tabular.parts.learning_options import ControlOptions

CHAPTERS = Path(__file__).parent.parent


def chapters() -> Iterator[ModuleType]:
    """Every chapter of the folder, in alphabetical order: each *.py directly in it."""
    for path in sorted(CHAPTERS.glob("[a-z]*.py")):
        yield importlib.import_module(f"{CHAPTERS.name}.{path.stem}")


def rival(options: ControlOptions) -> list[Method]:
    """The method that --versus names, in a list; an empty one without --versus.

    A chapter that can be one offers VARIANTS, a name and the options that make it so, an Options class and make_method.
    Raises UserError for a name that no chapter has.
    """
    if options.versus is None:
        return []
    rivals = {name: (module, changes) for module in chapters() for name, changes in variants(module).items()}
    if options.versus not in rivals:
        raise UserError(f"--versus {options.versus} is no learner of the course: choose {', '.join(sorted(rivals))}")
    module, changes = rivals[options.versus]
    shared = {field.name: getattr(options, field.name) for field in dataclasses.fields(ControlOptions)}
    return [module.make_method(module.Options(**{**shared, **changes}))]


def variants(module: ModuleType) -> dict[str, dict[str, object]]:
    """The learners that a chapter has: each one's name and the options that make it so."""
    return getattr(module, "VARIANTS", {})
