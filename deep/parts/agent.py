"""What every deep agent has and no lecture is about: acting fast, saving, resuming, numbers for the progress bar."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from common.errors import UserError
from common.networks.acting import Forward, Greedy
from common.networks.weights import Saved, Weights
from common.runs.checkpoint import (
    State,
    generator_state,
    in_order,
    numbered,
    packed,
    set_generator_state,
    unpacked,
    with_prefix,
    without_prefix,
)
from common.runs.remember import recalled, remembered
from common.runs.run_options import RunOptions
from deep.parts.copies import Copy, check_copy, copy_of, keras_names, refuse_training_layers
from deep.parts.lazy import is_model, is_optimizer, is_variable

import numpy as np

Array = np.ndarray


class Agent:
    """Base of the chapters' agents, which have Keras models and optimisers as attributes and say what they learn.

    roles: what its networks are -> the attribute that holds each: {"q": "online"}, {"policy": "actor", "value":
    "critic"} or {"action": "actor", "q": "critic"}. These are saved, evaluated and played; `predict` acts with a NumPy
    copy of each, which follows every update that is `compiled`. One that has the role action puts out continuous
    actions, and is made with ContinuousActions in place of their number.
    Everything in the attributes comes back with --resume; those that begin with an underscore are left out.
    """

    roles: ClassVar[Mapping[str, str]]
    takes_both: ClassVar[bool] = False
    """whether it is made with either, a number of actions or ContinuousActions, and names its roles by `plays`"""
    bounded: ClassVar[Mapping[str, str]] = {}
    """numbers that an update returns -> the option that bounds each: a run draws them"""
    options: Any
    generator: np.random.Generator

    def __init__(self, inputs: int, actions: Any, options: Any, generator: np.random.Generator) -> None:
        """Make the networks for an environment with that many numbers in an observation, and that many actions."""
        raise NotImplementedError

    def plays(self, **roles: str) -> None:
        """Say the roles of this one agent, for they depend on the kind of its actions."""
        self.roles = roles  # type: ignore[misc]  # hides the class's, which are those for discrete actions

    # -- acting

    def predict(self, model: Any, states: Array) -> Any:
        """The outputs of a Keras model, [n, outputs] for states [n, inputs], [outputs] for one state [inputs]."""
        return self._copy_of(model)(states)

    @cached_property
    def greedy(self) -> Greedy:
        """The greedy policy: states [n, inputs] -> actions [n]."""

        def forward(model: Any) -> Forward:
            return lambda states: self.predict(model, states)

        return Greedy({role: forward(getattr(self, name)) for role, name in self.roles.items()})

    @cached_property
    def _copies(self) -> dict[int, Copy]:
        return {}

    def _copy_of(self, model: Any) -> Copy:
        """The copy that acts for a model, made when it is first asked for."""
        copy = self._copies.get(id(model))
        if copy is None:
            names = [name for name, value in vars(self).items() if value is model]
            copy = self._copies[id(model)] = copy_of(model, names[0] if names else "a network")
        return copy

    @property
    def copied(self) -> list[Copy]:
        """The copies that follow an update, in the order in which `compiled` hands over their weights."""
        for name in self.roles.values():
            self._copy_of(getattr(self, name))
        return [copy for copy in self._copies.values() if copy.size]

    def refresh(self) -> None:
        """Bring all copies up to date with their Keras models."""
        for copy in self._copies.values():
            copy.refresh()

    # -- what a run asks

    def begin(self) -> None:
        """Before the first step: does each copy compute what Keras computes, and can everything be resumed?"""
        for name in dict.fromkeys(self.roles.values()):
            model = getattr(self, name)
            refuse_training_layers(model, name)
            check_copy(self._copy_of(model))
        self.state()

    def weights(self) -> Weights:
        """The weights of all roles in one list, to keep while they are the best."""
        return [array for name in self.roles.values() for array in getattr(self, name).get_weights()]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Take over what `weights` gave."""
        arrays = iter(weights)
        for name in self.roles.values():
            model = getattr(self, name)
            model.set_weights([next(arrays) for _ in model.weights])
        self.refresh()

    def networks(self, weights: Sequence[Array]) -> dict[str, Saved]:
        """The networks by role as they are saved, with what `weights` gave."""
        arrays = iter(weights)
        saved = {}
        for role, name in self.roles.items():
            model = getattr(self, name)
            saved[role] = Saved(model.to_json(), [next(arrays) for _ in model.weights], keras_names(model))
        return saved

    def status(self) -> dict[str, float]:
        """For the progress bar and progress.csv: epsilon where there is one, and what the last update returned."""
        epsilon = {"epsilon": float(vars(self)["epsilon"])} if "epsilon" in vars(self) else {}
        return epsilon | self.numbers

    @cached_property
    def numbers(self) -> dict[str, float]:
        """The numbers that the last `compiled` update returned."""
        return {}

    # -- stopping and going on

    def state(self) -> State:
        """Everything that the agent has learned and remembers, as a flat dict of arrays.

        Raises UserError for an attribute of a type that cannot be brought back."""
        state: State = {}
        for name, value in self._remembered():
            if is_model(value):
                part = numbered(value.get_weights())
            elif is_optimizer(value):
                moments = [variable.numpy() for variable in value.variables]
                part = numbered(self.waiting.get(id(value), moments))
            elif is_variable(value):
                part = {"variable": value.numpy()}
            elif isinstance(value, np.random.Generator):
                part = {"generator": generator_state(value)}
            elif hasattr(value, "state") and hasattr(value, "restore"):
                part = value.state()
            else:
                try:
                    part = remembered(value)
                except TypeError as error:
                    raise UserError(
                        "{agent}.{name} holds a {error}, which --resume could not bring back: make "
                        "it of arrays and numbers, or give it state() and restore()",
                        agent=type(self).__name__,
                        name=name,
                        error=error,
                    ) from None
            state |= with_prefix(name, part)
        return state | with_prefix("numbers", {"all": packed(self.numbers)})

    def restore(self, state: State) -> None:
        """Take over what `state` gave; raises KeyError or ValueError where it does not fit."""
        for name, value in self._remembered():
            part = without_prefix(name, state)
            if is_model(value):
                value.set_weights(in_order(part))
            elif is_optimizer(value):
                self._restore_optimizer(value, in_order(part))
            elif is_variable(value):
                value.assign(part["variable"])
            elif isinstance(value, np.random.Generator):
                set_generator_state(value, part["generator"])
            elif hasattr(value, "state") and hasattr(value, "restore"):
                value.restore(part)
            else:
                setattr(self, name, recalled(part))
        self.numbers.update(unpacked(state["numbers/all"]))
        self.refresh()

    def _remembered(self) -> list[tuple[str, Any]]:
        left_out = {"greedy", "numbers", "roles", "waiting"}
        return [
            (name, value)
            for name, value in vars(self).items()
            if not name.startswith("_") and name not in left_out and not isinstance(value, RunOptions)
        ]

    @cached_property
    def waiting(self) -> dict[int, list[Array]]:
        """Resumed numbers of optimisers that are built only when the first update shows them their variables."""
        return {}

    def _restore_optimizer(self, optimizer: Any, values: list[Array]) -> None:
        if optimizer.built or len(optimizer.variables) == len(values):
            for variable, value in zip(optimizer.variables, values, strict=True):
                variable.assign(value)
        else:
            self.waiting[id(optimizer)] = values
