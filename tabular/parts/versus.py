"""The second learner of --versus: another chapter's, with the same step size, epsilon, discount and seed."""

import dataclasses
from types import ModuleType

from tabular.parts.experiment import Method
from tabular.parts.learning_options import ControlOptions


def rival(options: ControlOptions, *chapters: ModuleType) -> list[Method]:
    """The method that --versus names, in a list; an empty one without --versus.

    Each chapter offers VARIANTS, a name and the options that make it so, an Options class and make_method.
    """
    for chapter in chapters:
        for name, changes in chapter.VARIANTS.items():
            if name == options.versus:
                shared = {field.name: getattr(options, field.name) for field in dataclasses.fields(ControlOptions)}
                return [chapter.make_method(chapter.Options(**{**shared, **changes}))]
    return []
