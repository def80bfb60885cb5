"""Event files for TensorBoard."""

from collections.abc import Mapping
from pathlib import Path

from common.errors import UserError
from deep.parts.lazy import tf


class TensorBoardWriter:
    """Writes scalars for TensorBoard, which need not be installed to write them."""

    def __init__(self, folder: Path) -> None:
        try:
            self._writer = tf.summary.create_file_writer(str(folder))
        except tf.errors.OpError as error:
            raise UserError(
                "--tensorboard {folder} cannot be written: {reason}", folder=folder, reason=error.message
            ) from error
        self._metadata = tf.compat.v1.SummaryMetadata(
            plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
        )

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Add a point at this step for each name."""
        with self._writer.as_default():
            for name, value in values.items():
                tf.summary.write(name, tf.constant(value, tf.float32), step, self._metadata)

    def close(self) -> None:
        """Write what is still in memory."""
        self._writer.close()
