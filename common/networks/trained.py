"""Trained weights as a policy: what a file says about its networks, and what is assumed where it says nothing."""

import functools
import itertools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from common.errors import UserError
from common.networks.acting import Forward, Greedy
from common.networks.layers import UnknownLayer
from common.networks.network import Network
from common.networks.weights import Saved, WeightsFile, load_networks

SHIPPED = Path(__file__).resolve().parents[2] / "deep" / "weights"
"""Where the weights lie that come with the course."""

MakeAgent = Callable[[gym.Env[Any, Any], np.random.Generator], Any]
"""The chapter's agent for an environment, with its Keras models: it loads TensorFlow."""


def trained(
    path: Path, chapter: str, roles: Mapping[str, str], env: gym.Env[Any, Any], make_agent: MakeAgent
) -> Greedy:
    """The greedy policy of a weights file.

    roles: those of the chapter, the one that acts first. Where a file holds layers that NumPy does not know here, the
    chapter's own agent is made and its Keras models take over the weights.
    Raises UserError for a file of another chapter, and for networks that do not fit the environment.
    """
    file = load_networks(path)
    if file.chapter is not None and file.chapter != chapter:
        raise UserError(
            f"{path} holds weights of {file.chapter}, not of {chapter}: play them with deep/{file.chapter}.py"
        )
    networks = file.networks if "" not in file.networks else _named(file.networks[""], path, chapter, roles)
    try:
        found = {role: Network(saved.description, saved.weights) for role, saved in networks.items()}
    except UnknownLayer as error:
        return _through_keras(networks, path, make_agent(env, np.random.default_rng()), error)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged: its networks and their weights do not fit together ({error})") from error
    forward: dict[str, Forward] = dict(found)
    acting = next(iter(found))
    sizes = found[acting].outputs
    if len(sizes) > 1:  # one model with two heads
        forward = {role: _head(found[acting], index) for index, role in enumerate(roles) if index < len(sizes)}
    _check_fit(found[acting].inputs, sizes[0], path, env)
    return Greedy(forward)


def _head(network: Network, index: int) -> Forward:
    return lambda states: network(states)[index]


def _check_fit(inputs: int, outputs: int, path: Path, env: gym.Env[Any, Any]) -> None:
    """Raise UserError where the network reads or chooses among other numbers than the environment has."""
    name = env.spec.id if env.spec is not None else type(env.unwrapped).__name__
    shape, actions = env.observation_space.shape or (), getattr(env.action_space, "n", None)
    if shape != (inputs,) or actions != outputs:
        has = f"{math.prod(shape)} numbers and {actions if actions is not None else 'continuous'} actions"
        raise UserError(
            f"{path} reads {inputs} numbers and chooses among {outputs} actions, but {name} has {has}: "
            "give --env the environment that it was trained on"
        )


def _through_keras(networks: Mapping[str, Saved], path: Path, agent: Any, reason: UnknownLayer) -> Greedy:
    """The policy of the chapter's own agent with these weights."""
    print(f"{path.name} has {reason}: it plays through Keras")
    weights = [array for role in agent.roles if role in networks for array in networks[role].weights]
    try:
        agent.set_weights(weights)
    except (ValueError, StopIteration) as error:
        found = " ".join("x".join(map(str, array.shape)) for array in weights if array.ndim > 1)
        raise UserError(f"{path} has layers {found}, not those of this chapter's network: give --hidden") from error
    greedy: Greedy = agent.greedy
    return greedy


def _named(saved: Saved, path: Path, chapter: str, roles: Mapping[str, str]) -> dict[str, Saved]:
    """The networks of a file that names no roles."""
    if saved.description:
        return {next(iter(roles)): saved}
    template = _template(chapter)
    if template is None:
        raise UserError(f"{path} does not say which layers it has: save the whole model, model.save(...h5)")
    shapes = [array.shape for array in saved.weights]
    parts: dict[str, Saved] = {}
    if [len(shape) for shape in shapes] == [a.ndim for part in template.networks.values() for a in part.weights]:
        rest = list(saved.weights)
        for role, part in template.networks.items():
            weights, rest = rest[: len(part.weights)], rest[len(part.weights) :]
            parts[role] = Saved(_resized(part.description, [array.shape for array in weights]), weights)
    else:
        role, part = next(iter(template.networks.items()))
        parts[role] = Saved(_chain(_hidden_activation(part.description), shapes, path), saved.weights)
    assumed = _hidden_activation(next(iter(template.networks.values())).description)
    print(f"{path.name} does not say which layers it has: assumed as in {chapter}, with {assumed}")
    return parts


@functools.cache
def _template(chapter: str) -> WeightsFile | None:
    """The chapter's own file, by whose layers one that says nothing is read; None where there is none."""
    path = SHIPPED / f"{chapter}.weights.h5"
    file = load_networks(path) if path.is_file() else None
    return None if file is None or "" in file.networks else file


def _dense_layers(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [layer["config"] for layer in model["config"]["layers"] if layer["class_name"] == "Dense"]


def _hidden_activation(description: str) -> str:
    return str(_dense_layers(json.loads(description))[0]["activation"])


def _resized(description: str, shapes: Sequence[tuple[int, ...]]) -> str:
    """The description with layers of other sizes."""
    model = json.loads(description)
    kernels = [shape for shape in shapes if len(shape) == 2]
    for config, (_, units) in zip(_dense_layers(model), kernels, strict=True):
        config["units"] = units
    model["config"]["layers"][0]["config"]["batch_shape"] = [None, kernels[0][0]]
    return json.dumps(model)


def _chain(activation: str, shapes: Sequence[tuple[int, ...]], path: Path) -> str:
    """A description of dense layers one after the other, the last one linear. Raises UserError for other shapes."""
    kernels = [shape for shape in shapes if len(shape) == 2]
    fits = all(left[1] == right[0] for left, right in itertools.pairwise(kernels))
    if not kernels or not fits or shapes != [shape for kernel in kernels for shape in (kernel, kernel[1:])]:
        raise UserError(
            f"{path} holds layers {list(shapes)}, which are no chain: save the whole model, model.save(...h5)"
        )
    layers: list[dict[str, Any]] = [{"class_name": "InputLayer", "config": {"batch_shape": [None, kernels[0][0]]}}]
    for index, (_, units) in enumerate(kernels):
        last = index == len(kernels) - 1
        config = {"units": units, "activation": "linear" if last else activation, "use_bias": True}
        layers.append({"class_name": "Dense", "config": config})
    return json.dumps({"class_name": "Sequential", "config": {"layers": layers}})
