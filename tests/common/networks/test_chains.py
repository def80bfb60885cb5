"""Which dense layer feeds which, told from sizes; and the names by which Keras keeps them."""

import itertools
import json

from common.networks.chains import Chain, Layer, chains_of, described, layers_of, sizes_of
from common.networks.keras_files import check_heaps, natural_order
from common.networks.network import Network

import numpy as np
import pytest


def layers(*sizes: tuple[int, int]) -> list[Layer]:
    return [Layer((np.zeros(shape), np.zeros(shape[1]))) for shape in sizes]


def read(chains: list[Chain] | None) -> list[str] | None:
    return None if chains is None else [sizes_of(chain) for chain in chains]


@pytest.mark.parametrize(
    ("sizes", "most", "wanted"),
    [
        ([(4, 24), (24, 2)], 1, ["4-24-2"]),
        ([(4, 24), (24, 2), (4, 24), (24, 24), (24, 1)], 2, ["4-24-2", "4-24-24-1"]),  # actor and critic
        ([(4, 24), (24, 1), (4, 24), (24, 2)], 2, ["4-24-1", "4-24-2"]),
        ([(4, 24), (24, 2), (24, 1)], 2, ["4-24-2", "4-24-1"]),  # a trunk with two heads
        ([(6, 2), (4, 8), (8, 6)], 1, ["4-8-6-2"]),  # the last layer is the first by name
        ([(6, 2), (4, 8), (8, 6)], 2, ["4-8-6-2"]),
        ([(4, 2), (4, 4)], 2, ["4-4-2"]),  # not two networks: four numbers are no value
        ([(4, 24), (24, 2), (24, 1)], 1, None),
        ([(4, 24), (5, 2)], 2, None),
    ],
)
def test_the_reading_that_fits(sizes: list[tuple[int, int]], most: int, wanted: list[str] | None) -> None:
    assert read(chains_of(layers(*sizes), most)) == wanted


def test_layers_of_one_size_keep_their_order() -> None:
    given = layers((8, 2), (4, 8), (8, 8), (8, 8))
    [chain] = chains_of(given, 1) or []
    assert [id(layer) for layer in chain] == [id(given[index]) for index in (1, 2, 3, 0)]


def test_what_is_no_dense_layer_is_no_chain() -> None:
    assert layers_of([np.zeros((4, 8)), np.zeros(7)]) is None
    assert layers_of([np.zeros((4, 8)), np.zeros(8), np.zeros(8)]) is None
    assert layers_of([np.zeros(3)]) is None and layers_of([]) is None
    assert layers_of([np.zeros((3, 3, 1, 8)), np.zeros(8)]) is None
    assert len(layers_of([np.zeros((4, 8)), np.zeros((8, 2)), np.zeros(2)]) or []) == 2


def test_a_description_computes_the_chain() -> None:
    random = np.random.default_rng(0)
    kernels = [random.normal(size=shape) for shape in ((4, 3), (3, 2))]
    network = Network(
        described([Layer((kernels[0],)), Layer((kernels[1], np.ones(2)))], "tanh"), [*kernels, np.ones(2)]
    )
    state = random.normal(size=(5, 4))
    np.testing.assert_allclose(network(state), np.tanh(state @ kernels[0]) @ kernels[1] + 1)
    assert json.loads(described([Layer((kernels[0],))], "relu"))["config"]["layers"][1]["config"]["use_bias"] is False


@pytest.mark.parametrize(
    "names",
    [
        [f"layers/dense{end}/vars/{index}" for end in ("", "_1", "_2", "_10") for index in (0, 1)],
        ["fc1/vars/0", "fc2/vars/0", "fc10/vars/0", "fc_out/vars/0"],
        ["actor_fc", "actor_out", "critic_fc1", "critic_fc2", "critic_out"],
        ["layer_with_weights-0", "layer_with_weights-2", "layer_with_weights-10"],
    ],
)
def test_names_are_sorted_as_keras_counts(names: list[str]) -> None:
    for order in itertools.islice(itertools.permutations(names), 0, None, 101):
        assert sorted(order, key=natural_order) == names


def heap(*sizes: int, whole: int = 256) -> bytes:
    """A heap with entries of these sizes, and what is left."""
    entries = b"".join(
        index.to_bytes(2, "little") + bytes(6) + size.to_bytes(8, "little") + bytes((size + 7) // 8 * 8)
        for index, size in enumerate(sizes, 1)
    )
    left = whole - 16 - len(entries)
    return (
        b"GCOL\1\0\0\0"
        + whole.to_bytes(8, "little")
        + entries
        + bytes(8)
        + left.to_bytes(8, "little")
        + bytes(left - 16)
    )


def test_a_heap_that_would_be_walked_for_ever_is_refused() -> None:
    good = heap(5, 40)
    check_heaps(b"before" + good + b"after")
    endless = bytearray(good)
    endless[16 + 16 + 8 + 16 + 40 + 8] = 0  # what is left has no size
    for damaged in (bytes(endless), good[:-1], good.replace(b"\x05", b"\xff", 1), heap(5, 300, whole=400)[:300]):
        with pytest.raises(ValueError, match="heap"):
            check_heaps(damaged)
