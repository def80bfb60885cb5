"""Settings of a gymnasium environment from the command line: --env-arg is_slippery=False --env-arg map_name=8x8."""

import ast
import inspect
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from common.environments.checked import Checked, reason
from common.environments.make import make_environment, make_environments
from common.errors import UserError

import gymnasium as gym
import tyro

EnvArguments = Annotated[tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="NAME=VALUE")]
"""an option that may be given several times, one setting each"""

_NOT_SETTINGS = ("self", "args", "kwargs", "render_mode")
_WORDS = {"true": True, "false": False, "none": None}


def environment_settings(given: Sequence[str]) -> dict[str, Any]:
    """The keyword arguments for `gymnasium.make`: a value is a Python literal (False, 0.5, [1, 2]) or else a text.

    Raises UserError for what is not name=value and for a name that is given twice.
    """
    settings: dict[str, Any] = {}
    for argument in given:
        name, equals, value = argument.partition("=")
        if not (equals and name.isidentifier()):
            raise UserError(
                "--env-arg {argument} is not NAME=VALUE: write, for example, is_slippery=False", argument=argument
            )
        if name in settings:
            raise UserError(
                "--env-arg {name} is given twice, as {settings!r} and as {value}",
                name=name,
                settings=settings[name],
                value=value,
            )
        settings[name] = _value(value)
    return settings


def make_with_settings(identifier: str, given: Sequence[str], **ours: Any) -> Checked:
    """`make_environment` with the user's settings; ours, such as a render mode, count before the user's.

    Raises UserError also where the environment refuses a setting, with the names that it takes.
    """
    return _made(make_environment, identifier, given, ours)


def make_several_with_settings(identifier: str, given: Sequence[str], count: int) -> gym.vector.VectorEnv:
    """`make_environments` with the user's settings. Raises UserError as `make_with_settings`."""
    return _made(make_environments, identifier, given, {"count": count})


def _made(make: Callable[..., Any], identifier: str, given: Sequence[str], ours: dict[str, Any]) -> Any:
    settings = environment_settings(given) | ours
    try:
        return make(identifier, **settings)
    except UserError as error:
        cause = error.__cause__
        if not given or not isinstance(cause, Exception) or isinstance(cause, gym.error.Error):
            raise  # not the settings' fault: the id, or a package that is missing
        takes = f"; {identifier} takes {', '.join(names)}" if (names := _accepted(identifier)) else ""
        raise UserError(
            "--env-arg {given} is refused, {cause}{takes}", given=" ".join(given), cause=reason(cause), takes=takes
        ) from error


def _value(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _accepted(identifier: str) -> list[str]:
    """The names of the settings that an environment takes, as far as its constructor says."""
    try:
        maker = gym.envs.registration.load_env_creator(str(gym.spec(identifier).entry_point))
        return [name for name in inspect.signature(maker).parameters if name not in _NOT_SETTINGS]
    except Exception:  # whatever keeps us from asking, there are no names to say then
        return []
