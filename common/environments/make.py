"""Environments by their gymnasium id."""

import difflib
import functools
import warnings
from collections.abc import Callable
from typing import Any

from common.environments.checked import Checked, CheckedEnvironments, reason, say_once
from common.errors import UserError
from common.language import _

import gymnasium as gym


def make_environment(identifier: str, **settings: Any) -> Checked:
    """gymnasium.make, for an id that a user typed; the environment is checked while it is used.

    An id whose version gymnasium has retired (Taxi-v3 since 1.4) gives its newest version and says so in one line.
    Raises UserError for an id that is not known, with the nearest known ones, and for an environment that cannot be
    made.
    """
    limit = settings.pop("max_episode_steps", None)
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise UserError("max_episode_steps is {limit!r}; it must be a whole number of at least 1", limit=limit)
    # `Checked` keeps the time itself: gymnasium's wrapper for that fails at what an old environment returns
    env = _made(gym.make, identifier, settings | {"max_episode_steps": -1, "disable_env_checker": True})
    return Checked(env, identifier, limit or _registered(env).max_episode_steps)


def make_environments(identifier: str, count: int, **settings: Any) -> gym.vector.VectorEnv:
    """`count` environments that step together: the native vector version where there is one. As `make_environment`."""
    first = make_environment(identifier, **settings)
    if has_native_vector(first):
        first.close()
        known = settings | {"num_envs": count, "vectorization_mode": "vector_entry_point"}
        return CheckedEnvironments(_made(gym.make_vec, identifier, known), identifier)
    more = functools.partial(make_environment, identifier, **settings)
    return gym.vector.SyncVectorEnv([lambda: first, *[more] * (count - 1)])


def make_to_watch(make: Callable[..., Checked]) -> Checked:
    """What `make` makes with `render_mode`, or without where it draws no pictures (see `Checked.render`)."""
    env = make()
    if "rgb_array" not in (env.metadata.get("render_modes") or ()):
        return env
    try:
        watched = make(render_mode="rgb_array")
    except UserError as error:
        if "render_mode" not in str(error):
            raise
        return env
    env.close()
    return watched


def has_native_vector(env: Checked) -> bool:
    """Whether there is a version that steps many at once, and ends every episode."""
    return _registered(env).vector_entry_point is not None and env.time_limit is not None


def _registered(env: gym.Env[Any, Any]) -> gym.envs.registration.EnvSpec:
    spec = env.unwrapped.spec
    assert spec is not None
    return gym.registry[spec.id]


def _made(make: Callable[..., Any], identifier: str, settings: dict[str, Any]) -> Any:
    newest = _newest_version(identifier)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                return make(identifier, **settings)
            except gym.error.DeprecatedEnv:
                say_once(
                    _(
                        "{identifier} is retired in gymnasium {version}: using {newest}",
                        identifier=identifier,
                        version=gym.__version__,
                        newest=newest,
                    )
                )
                return make(newest, **settings)
    except gym.error.DependencyNotInstalled as error:
        raise UserError(
            "--env {identifier} needs a package that is not installed: {error}", identifier=identifier, error=error
        ) from error
    except (gym.error.Error, ModuleNotFoundError) as error:
        near = difflib.get_close_matches(identifier, gym.registry, n=3, cutoff=0.5)
        hint = (
            _("; did you mean {near}?", near=", ".join(near))
            if near
            else _("; gymnasium.pprint_registry() lists the known ones")
        )
        why = (
            _("is not a known environment")
            if isinstance(error, gym.error.UnregisteredEnv)
            else _("fails: {error}", error=error)
        )
        raise UserError("--env {identifier} {why}{hint}", identifier=identifier, why=why, hint=hint) from error
    except Exception as error:  # a user's module or constructor may raise anything
        raise UserError(
            "--env {identifier} cannot be made: {error}", identifier=identifier, error=reason(error)
        ) from error


def _newest_version(identifier: str) -> str:
    """The registered id of the same name with the highest version; the id itself where there is none."""
    name = identifier.rpartition("-v")[0]
    versions = [spec.version or 0 for spec in gym.registry.values() if name and spec.id == f"{name}-v{spec.version}"]
    return f"{name}-v{max(versions)}" if versions else identifier
