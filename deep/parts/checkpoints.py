"""Checkpoints of TensorFlow, model.index and model.data-00000-of-00001, as tf.keras wrote them until 2023."""

import re
from pathlib import Path

from common.errors import UserError
from common.networks.keras_files import MOST_BYTES, natural_order
from common.networks.weights import Saved
from deep.parts.lazy import tf

import numpy as np


def read_checkpoint(prefix: Path) -> Saved:
    """The dense layers of a checkpoint in the order of their names; which feeds which it does not say.

    Raises UserError for one that is damaged, too large or holds no dense layers.
    """
    try:
        reader = tf.train.load_checkpoint(str(prefix))
        shapes = reader.get_variable_to_shape_map()
        layers = {}
        for name in shapes:
            found = re.fullmatch(r"(.+)/_?(kernel|bias)/\.ATTRIBUTES/VARIABLE_VALUE", name)
            if found and not name.startswith(("optimizer/", "_optimizer/")):
                layers[found[1], found[2] == "bias"] = name
        names = [layers[key] for key in sorted(layers, key=lambda key: (natural_order(key[0]), key[1]))]
        if 4 * sum(int(np.prod(shapes[name])) for name in names) > MOST_BYTES:
            raise UserError("{prefix} is larger than any network here: it is not read", prefix=prefix)
        weights = [np.asarray(reader.get_tensor(name), np.float32) for name in names]
    except UserError:
        raise
    except Exception as error:  # TensorFlow answers damage with errors of its own kinds
        raise UserError(
            "{prefix} is not a whole checkpoint of TensorFlow: copy its files again", prefix=prefix
        ) from error
    if not weights or not all(np.isfinite(array).all() for array in weights):
        raise UserError(
            "{prefix} holds no dense layers, or numbers that are not finite: take another checkpoint", prefix=prefix
        )
    return Saved("", weights, tuple(names))
