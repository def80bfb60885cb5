"""A user's environment, checked where it is made: what it does wrong is one line that names it and says what is right.

(observation, info) = reset(seed=..., options=...)
(observation, reward, terminated, truncated, info) = step(action)
"""

import functools
import math
import traceback
from typing import Any

from common.errors import UserError
from common.language import _

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

STEP_LIMIT = 1000
"""Steps after which an episode is cut off where the environment has no time limit."""


class Checked(gym.Wrapper[Any, Any, Any, Any]):
    """An environment that keeps to gymnasium's interface: actions from 0, rewards as floats, finite observations.

    Observations of a Box space are arrays that nobody else changes. name: the id that the user typed. time_limit: of
    an episode, None where the environment has none: then one that reaches STEP_LIMIT is cut off there, and it is said.
    Raises UserError, here, in `reset` and in `step`, for an environment that does otherwise or that fails.
    """

    def __init__(self, env: gym.Env[Any, Any], name: str, time_limit: int | None) -> None:
        super().__init__(env)
        self.name, self.time_limit = name, time_limit
        self.steps = 0
        self._limit = STEP_LIMIT if time_limit is None else time_limit
        for space in ("observation_space", "action_space"):
            if not isinstance(getattr(env.unwrapped, space, None), gym.spaces.Space):
                raise UserError(
                    "--env {name} has no {space}: set self.{space} in its __init__ to a gymnasium space",
                    name=name,
                    space=space,
                )
        seen = env.observation_space
        self._shape = seen.shape if isinstance(seen, gym.spaces.Box) else None
        self._zeros = np.zeros(self._shape or 0)
        self.action_space, self._first = _from_zero(env.action_space)
        actions = env.action_space
        self._bounds = (actions.low, actions.high) if isinstance(actions, gym.spaces.Box) else None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode."""
        self.steps = 0
        try:
            result: Any = self.env.reset(seed=seed, options=options)
        except Exception as error:  # a user's environment may raise anything
            raise self._failed("reset", error) from error
        if not (isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], dict)):
            raise self._fault("reset returned {result}: it must return (observation, info)", result=_described(result))
        return self._observed(result[0]), result[1]

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take an action: of a Discrete space one from 0 on, of a Box one that is brought back to its bounds."""
        self.steps += 1
        if self._first is not None:
            action = int(action) + self._first
        elif self._bounds is not None:
            action = np.clip(action, *self._bounds)
        try:
            result: Any = self.env.step(action)
        except Exception as error:  # as above
            raise self._failed(f"step({action})", error) from error
        if not (isinstance(result, tuple) and len(result) == 5):
            right = "(observation, reward, terminated, truncated, info)"
            raise self._fault("step returned {result}: it must return {right}", result=_described(result), right=right)
        observation, reward, terminated, truncated, info = result
        if not isinstance(reward, float):
            reward = self._number(reward)
        if not math.isfinite(reward):
            raise self._fault(
                "returned the reward {reward} at step {steps} of an episode", reward=reward, steps=self.steps
            )
        if self.steps >= self._limit:
            truncated = True
            if self.time_limit is None and not terminated:
                limit = _("an episode was cut off after {count:,} steps", count=STEP_LIMIT)
                say_once(
                    _(
                        "{name} has no time limit: {limit}; --env-arg max_episode_steps=N sets another",
                        name=self.name,
                        limit=limit,
                    )
                )
        return self._observed(observation), float(reward), bool(terminated), bool(truncated), info

    def render(self) -> NDArray[np.uint8] | None:
        """The picture [height, width, 3] of now; None, and it is said, where the environment draws none."""
        try:
            picture = np.asarray(self.env.render())
            if picture.ndim == 3 and picture.shape[2] == 3:
                return picture.astype(np.uint8)
            why = _("render does not return one")
        except Exception as error:  # as above; a picture is not worth the demo
            why = reason(error)
        say_once(_("{name} is played without its picture ({why})", name=self.name, why=why))
        return None

    def _observed(self, observation: Any) -> Any:
        if self._shape is None:
            return observation
        try:
            array = np.array(observation)
            # 0 times a number is 0, unless it is infinite or NaN: quicker than np.isfinite(array).all()
            if array.shape == self._shape and np.vdot(self._zeros, array) == 0:
                return array
        except (TypeError, ValueError):
            raise self._fault(
                "returned the observation {observation!r:.60}: it must be an array of numbers",
                observation=observation,
            ) from None
        if array.shape != self._shape:
            shapes = _("the shape {shape}; its observation_space has {wanted}", shape=array.shape, wanted=self._shape)
            raise self._fault("returned an observation of {shapes}", shapes=shapes)
        where = _("at step {steps} of an episode", steps=self.steps) if self.steps else _("from reset")
        raise self._fault("returned the observation {numbers} {where}", numbers=array.ravel()[:8].tolist(), where=where)

    def _number(self, reward: Any) -> float:
        try:
            return float(np.asarray(reward, float).item())
        except (TypeError, ValueError):
            raise self._fault("returned the reward {reward!r:.60}: it must be one number", reward=reward) from None

    def _failed(self, call: str, error: Exception) -> UserError:
        if isinstance(error, UserError):
            return error
        if call == "reset" and "unexpected keyword argument" in str(error):
            return self._fault("{error}: it must be reset(self, *, seed=None, options=None)", error=reason(error))
        return self._fault("{call} failed, {error}", call=call, error=reason(error))

    def _fault(self, what: str, /, **values: Any) -> UserError:
        return UserError("--env {name}: {what}", name=self.name, what=_(what, **values))


class CheckedEnvironments(gym.vector.VectorWrapper):
    """The same for an environment's own vector version."""

    def __init__(self, env: gym.vector.VectorEnv, name: str) -> None:
        super().__init__(env)
        self.name = name
        self.steps = 0
        self.single_action_space, self._first = _from_zero(env.single_action_space)

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Step all. Raises UserError for what is not finite."""
        self.steps += 1
        try:
            result = self.env.step(actions + self._first if self._first else actions)
        except Exception as error:  # a user's environment may raise anything
            raise UserError(
                "--env {name}: step({actions}) failed, {error}", name=self.name, actions=actions, error=reason(error)
            ) from error
        for what, array in (("observations", result[0]), ("rewards", result[1])):
            if not np.isfinite(array).all():
                shown = np.ravel(array)[~np.isfinite(np.ravel(array))][0]
                raise UserError(
                    "--env {name}: returned {shown} among its {what} at step {steps}",
                    name=self.name,
                    shown=shown,
                    what=what,
                    steps=self.steps,
                )
        return result


def _from_zero(actions: gym.Space[Any]) -> tuple[gym.Space[Any], int | None]:
    """A Discrete space counted from 0, and its first action as the environment counts; any other as it is, and None."""
    if not isinstance(actions, gym.spaces.Discrete):
        return actions, None
    return gym.spaces.Discrete(int(actions.n)), int(actions.start)


@functools.cache
def say_once(line: str) -> None:
    """A script may make the same environment several times; its user reads this only the first time."""
    print(line, flush=True)


def _described(result: Any) -> str:
    if isinstance(result, tuple):
        return f"{len(result)} values"
    return _("the observation alone, of type {name}", name=type(result).__name__)


def reason(error: Exception) -> str:
    """What was raised, and in which line of whose file."""
    if " was raised from the environment creator" in str(error) and isinstance(error.__cause__, Exception):
        error = error.__cause__  # gymnasium's words around a constructor's own
    last = traceback.extract_tb(error.__traceback__)[-1]
    file = last.filename.replace("\\", "/").rpartition("/")[2]
    message = " ".join(str(error).split())
    return f"{type(error).__name__}{': ' if message else ''}{message} ({file}, line {last.lineno})"
