"""Trained weights as a policy: what a file says about its networks, and what is assumed where it says nothing."""

import functools
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.language import N_, _
from common.networks.acting import Forward, Greedy
from common.networks.chains import chains_of, described, layers_of, sizes_of
from common.networks.layers import UnknownLayer
from common.networks.network import Network
from common.networks.weights import Saved, WeightsFile, load_networks

import gymnasium as gym
import numpy as np

SHIPPED = Path(__file__).resolve().parents[2] / "deep" / "weights"
"""Where the weights lie that come with the course."""

MakeAgent = Callable[[gym.Env[Any, Any], np.random.Generator], Any]
"""The chapter's agent for an environment, with its Keras models: it loads TensorFlow."""


ReadCheckpoint = Callable[[Path], Saved]
"""Reads a checkpoint of TensorFlow, named without its endings: it loads TensorFlow."""


def shipped(chapter: str, environment: str) -> Path:
    """The file of a chapter for an environment: the one whose JSON names it, else the one that has only its name."""
    for record in sorted(SHIPPED.glob(f"{chapter}-*.json")):
        if json.loads(record.read_text(encoding="utf-8")).get("env") == environment:
            return record.with_suffix(".weights.h5")
    return SHIPPED / f"{chapter}.weights.h5"


def trained(
    path: Path,
    chapter: str,
    roles: Mapping[str, str],
    env: gym.Env[Any, Any],
    make_agent: MakeAgent,
    read_checkpoint: ReadCheckpoint,
) -> Greedy:
    """The greedy policy of a weights file.

    roles: those of the chapter, the one that acts first. Where a file holds layers that NumPy does not know here, the
    chapter's own agent is made and its Keras models take over the weights. A file that holds only what acts will do.
    Raises UserError for a file of another chapter, and for networks that do not fit the environment.
    """
    prefix = _checkpoint(path)
    file = load_networks(path) if prefix is None else WeightsFile(None, {"": read_checkpoint(prefix)})
    if file.chapter is not None and file.chapter != chapter:
        raise UserError(
            "{path} holds weights of {chapter}, not of {wanted}: play them with deep/{chapter}.py",
            path=path,
            chapter=file.chapter,
            wanted=chapter,
        )
    networks = file.networks
    if "" in networks:
        networks = _named(networks[""], path, chapter, roles, getattr(env.action_space, "n", None))
    try:
        found = {role: Network(saved.description, saved.weights) for role, saved in networks.items()}
    except UnknownLayer as error:
        return _through_keras(networks, path, make_agent(env, np.random.default_rng()), error)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise UserError(
            "{path} is damaged: its networks and their weights do not fit together ({error})", path=path, error=error
        ) from error
    forward: dict[str, Forward] = {role: _logits(found[role], role, networks[role].description) for role in found}
    acting = next(iter(found))
    sizes = found[acting].outputs
    if len(sizes) > 1:  # one model with two heads
        forward = {role: _head(found[acting], index) for index, role in enumerate(roles) if index < len(sizes)}
    outputs = sizes[0] // 2 if acting == "gaussian" else sizes[0]
    _check_fit(found[acting].inputs, outputs, acting in ("action", "gaussian"), path, env)
    if file.chapter is None and hasattr(env.unwrapped, "other_layout"):
        print(
            _("{name} does not say how it reads the grid: {hint}", name=path.name, hint=_(env.unwrapped.other_layout))
        )
    return Greedy(forward)


def _checkpoint(path: Path) -> Path | None:
    """The checkpoint of TensorFlow that a path names: model, model.index, model.data-..., or a SavedModel's folder."""
    whole = path / "variables" / "variables" if path.is_dir() else path
    prefix = whole.with_name(re.sub(r"\.(index|data-\d+-of-\d+)$", "", whole.name))
    return prefix if prefix.with_name(f"{prefix.name}.index").is_file() else None


def _logits(network: Network, role: str, description: str) -> Forward:
    """What the network says; the logarithm of it for a policy that ends in a softmax, which says probabilities."""
    layers = json.loads(description)["config"] if role == "policy" else []
    last = (layers["layers"] if isinstance(layers, dict) else layers)[-1:]
    if not last or "softmax" not in (last[0]["class_name"].lower(), last[0]["config"].get("activation")):
        return network
    return lambda states: np.log(np.maximum(network(states), np.finfo(np.float32).tiny))


def _head(network: Network, index: int) -> Forward:
    return lambda states: network(states)[index]


def _check_fit(inputs: int, outputs: int, continuous: bool, path: Path, env: gym.Env[Any, Any]) -> None:
    """Raise UserError where the network reads or puts out other numbers than the environment has."""
    name = env.spec.id if env.spec is not None else type(env.unwrapped).__name__
    shape, space = env.observation_space.shape or (), env.action_space
    wanted = isinstance(space, gym.spaces.Box)
    actions = math.prod(space.shape or ()) if wanted else getattr(space, "n", None)
    if shape != (inputs,) or actions != outputs or wanted != continuous:
        does = (
            _("puts out {outputs} continuous actions", outputs=outputs)
            if continuous
            else _("chooses among {outputs} actions", outputs=outputs)
        )
        said = (
            N_("{numbers} numbers and {actions} continuous actions")
            if wanted
            else N_("{numbers} numbers and {actions} actions")
        )
        has = _(said, numbers=math.prod(shape), actions=actions)
        raise UserError(
            "{path} reads {inputs} numbers and {does}, but {name} has {has}: give --env the "
            "environment that it was trained on",
            path=path,
            inputs=inputs,
            does=does,
            name=name,
            has=has,
        )


def _through_keras(networks: Mapping[str, Saved], path: Path, agent: Any, reason: UnknownLayer) -> Greedy:
    """The policy of the chapter's own agent with these weights."""
    print(_("{name} has {reason}: it plays through Keras", name=path.name, reason=reason))
    weights = [array for role in agent.roles if role in networks for array in networks[role].weights]
    try:
        agent.set_weights(weights)
    except (ValueError, StopIteration) as error:
        acting = next(networks[role] for role in agent.roles if role in networks)
        hidden = " ".join(str(array.shape[1]) for array in acting.weights if array.ndim == 2).rpartition(" ")[0]
        raise UserError(
            "{path} has layers that are not those of this chapter's network: add --hidden {hidden}",
            path=path,
            hidden=hidden,
        ) from error
    greedy: Greedy = agent.greedy
    return greedy


def _named(saved: Saved, path: Path, chapter: str, roles: Mapping[str, str], actions: int | None) -> dict[str, Saved]:
    """The networks of a file that names no roles."""
    acting = next(iter(roles))
    if saved.description:
        return {acting: saved}
    template = _template(chapter)
    if template is None:
        raise UserError(
            "{path} does not say which layers it has: save the whole model, model.save('name.keras')", path=path
        )
    first = next(iter(template.networks.values()))
    activation = _hidden_activation(first.description)
    layers = layers_of(saved.weights)
    chains = None if layers is None else chains_of(layers, len(roles))
    if chains is None:
        if len(roles) > 1 or [array.ndim for array in first.weights] != [array.ndim for array in saved.weights]:
            shapes = " ".join("x".join(map(str, array.shape)) for array in saved.weights)
            raise UserError(
                "{path} holds layers {shapes}, which are no chain: save the whole model, model.save('name.keras')",
                path=path,
                shapes=shapes,
            )
        print(
            _(
                "{name} does not say which layers it has: assumed as in {chapter}, with {activation}",
                name=path.name,
                chapter=chapter,
                activation=activation,
            )
        )
        return {acting: Saved(_resized(first.description, [array.shape for array in saved.weights]), saved.weights)}
    chains.sort(key=lambda chain: chain[-1].outputs != actions)
    parts = dict(zip(roles, chains, strict=False))
    sizes = ", ".join(f"{role} {sizes_of(chain)}" for role, chain in parts.items())
    print(
        _(
            "{name} does not say which layers it has: assumed {sizes}, with {activation} as in {chapter}",
            name=path.name,
            sizes=sizes,
            activation=activation,
            chapter=chapter,
        )
    )
    return {
        role: Saved(described(chain, activation), [array for layer in chain for array in layer.arrays])
        for role, chain in parts.items()
    }


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
    for config, (_inputs, units) in zip(_dense_layers(model), kernels, strict=True):
        config["units"] = units
    model["config"]["layers"][0]["config"]["batch_shape"] = [None, kernels[0][0]]
    return json.dumps(model)
