"""A compiled function computes what the function does, from Python numbers and NumPy arrays alike."""

from typing import Any

import numpy as np

from deep.parts.compilation import Compiled
from deep.parts.lazy import tf


def test_one_trace_serves_every_call_and_variables_stay_alive() -> None:
    traces, total = [], tf.Variable(0.0)

    def add(numbers: Any, factor: Any) -> Any:
        traces.append(1)
        return total.assign_add(factor * tf.reduce_sum(numbers))

    added = Compiled(add, [tf.TensorSpec([None]), tf.TensorSpec([])])
    assert not traces, "nothing is traced before the first call: its time belongs to training"
    assert float(added(np.array([1.0, 2.0]), 10)) == 30.0
    assert float(added([1.0, 2.0, 3.0], np.float32(1.0))) == 36.0 == float(total)
    assert len(traces) == 1
