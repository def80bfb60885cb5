"""Environments by their gymnasium id."""

import difflib
import functools
import warnings
from collections.abc import Callable
from typing import Any

import gymnasium as gym

from common.errors import UserError


def make_environment(identifier: str, **settings: Any) -> gym.Env[Any, Any]:
    """gymnasium.make, for an id that a user typed.

    An id whose version gymnasium has retired (Taxi-v3 since 1.4) gives its newest version and says so in one line.
    Raises UserError for an id that is not known, with the nearest known ones, and for one that lacks a dependency.
    """
    return _numbered_from_0(_made(gym.make, identifier, settings))


def make_environments(identifier: str, count: int) -> gym.vector.VectorEnv:
    """`count` environments that step together: the native vector version where there is one. As `make_environment`."""
    spec = gym.registry.get(identifier) or gym.registry.get(_newest_version(identifier))
    native = spec is not None and spec.vector_entry_point is not None
    mode = "vector_entry_point" if native else "sync"
    settings: dict[str, Any] = {"num_envs": count, "vectorization_mode": mode}
    return _made(gym.make_vec, identifier, settings | ({} if native else {"wrappers": [_numbered_from_0]}))


def _numbered_from_0(env: gym.Env[Any, Any]) -> gym.Env[Any, Any]:
    """The environment with its actions counted from 0, whatever it counts them from."""
    space = env.action_space
    if not isinstance(space, gym.spaces.Discrete) or space.start == 0:
        return env
    first = int(space.start)
    return gym.wrappers.TransformAction(env, lambda action: action + first, gym.spaces.Discrete(space.n))


def _made(make: Callable[..., Any], identifier: str, settings: dict[str, Any]) -> Any:
    newest = _newest_version(identifier)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                return make(identifier, **settings)
            except gym.error.DeprecatedEnv:
                _say_once(f"{identifier} is retired in gymnasium {gym.__version__}: using {newest}")
                return make(newest, **settings)
    except gym.error.DependencyNotInstalled as error:
        raise UserError(f"--env {identifier} needs a package that is not installed: {error}") from error
    except (gym.error.Error, ModuleNotFoundError, TypeError) as error:
        near = difflib.get_close_matches(identifier, gym.registry, n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else "; gymnasium.pprint_registry() lists the known ones"
        reason = "is not a known environment" if isinstance(error, gym.error.UnregisteredEnv) else f"fails: {error}"
        raise UserError(f"--env {identifier} {reason}{hint}") from error


@functools.cache
def _say_once(line: str) -> None:
    """A script may make the same environment several times; its user reads this only the first time."""
    print(line)


def _newest_version(identifier: str) -> str:
    """The registered id of the same name with the highest version; the id itself where there is none."""
    name = identifier.rpartition("-v")[0]
    versions = [spec.version or 0 for spec in gym.registry.values() if name and spec.id == f"{name}-v{spec.version}"]
    return f"{name}-v{max(versions)}" if versions else identifier
