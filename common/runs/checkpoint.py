"""The state of a run on disk, so that it can go on as if it had never stopped: arrays and JSON, no pickle.

A state is a flat dict of name -> array. `packed` puts what is not an array (counters, generators) into it as JSON.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.archives import open_arrays
from common.errors import UserError
from common.files import atomic_write

import numpy as np

State = dict[str, np.ndarray]


def packed(value: Any) -> np.ndarray:
    """Anything that JSON can say (numbers, strings, lists, dicts) as an array of text."""
    return np.array(json.dumps(value))


def unpacked(array: np.ndarray) -> Any:
    """What `packed` was given."""
    return json.loads(str(array))


def generator_state(generator: np.random.Generator) -> np.ndarray:
    """Where a random generator stands."""
    return packed(generator.bit_generator.state)


def set_generator_state(generator: np.random.Generator, state: np.ndarray) -> None:
    """Put a generator where `generator_state` found it."""
    generator.bit_generator.state = unpacked(state)


def with_prefix(prefix: str, state: Mapping[str, np.ndarray]) -> State:
    """The same state under `prefix/name`, so that the states of several parts fit in one dict."""
    return {f"{prefix}/{name}": array for name, array in state.items()}


def without_prefix(prefix: str, state: Mapping[str, np.ndarray]) -> State:
    """The part of a state that `with_prefix` put there."""
    return {name.removeprefix(f"{prefix}/"): array for name, array in state.items() if name.startswith(f"{prefix}/")}


def numbered(arrays: list[np.ndarray]) -> State:
    """A list of arrays as a state: "0", "1", ..."""
    return {str(index): np.asarray(array) for index, array in enumerate(arrays)}


def in_order(state: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """The list that `numbered` was given."""
    return [state[str(index)] for index in range(len(state))]


def save_state(path: Path, state: Mapping[str, np.ndarray]) -> None:
    """Write a state atomically. Raises UserError where the file cannot be written."""
    with atomic_write(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **state)  # type: ignore[arg-type]  # the stubs confuse the arrays with allow_pickle


def load_state(path: Path) -> State:
    """Read a state. Raises UserError for a file that is missing, damaged (zip has checksums) or not a state."""
    try:
        with open_arrays(path) as (file, claims):
            # A state is saved as it is: an archive that claims more than its own size was packed by someone else.
            if sum(claim.size for claim in claims.values()) > path.stat().st_size:
                raise ValueError("more than its size")
            return {name: file[name] for name in claims}
    except FileNotFoundError as error:
        raise UserError("there is no {path}: --resume needs the folder of a run that was stopped", path=path) from error
    except UserError:
        raise
    except Exception as error:  # damage surfaces as BadZipFile, ValueError, NotImplementedError, TokenError and others
        raise UserError("{path} is not a whole checkpoint (cut short or damaged): train again", path=path) from error
