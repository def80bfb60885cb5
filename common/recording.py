"""Pictures and films of what a window shows."""

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from common.files import atomic_write, check_writable
from common.options import UserError

SUFFIXES = (".gif", ".mp4", ".png")


def check_recordable(path: Path) -> Path:
    """Return the path if a recording can be written there; raises UserError for the suffix or the place."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(f"cannot record to {path}: the name must end in .gif, .mp4 or .png")
    return check_writable(path)


class Recorder:
    """Collects frames and writes them as .gif or .mp4 (all of them) or .png (the last one).

    frames_per_second: how fast the film plays. Frames are uint8 [height, width, 3] and share the first one's size;
    a later frame of another size is cropped or padded with its corner colour.
    Frames go to the encoder as they come, so a long film needs no memory. The file appears at `close`, whole.
    """

    def __init__(self, path: Path, frames_per_second: float = 10) -> None:
        self.path = check_recordable(path)
        self.frames_per_second = frames_per_second
        self.frames = 0
        self._last: np.ndarray | None = None
        self._shape: tuple[int, int] | None = None
        self._writer: Any = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def add(self, frame: np.ndarray) -> None:
        """Append a frame, uint8 [height, width, 3]."""
        if self._shape is None:
            self._shape = self._frame_size(frame)
        frame = self._fit(frame)
        self.frames += 1
        if self.path.suffix.lower() == ".png":
            self._last = frame
            return
        if self._writer is None:
            self._writer = self._open_writer()
        self._writer.append_data(frame)

    def close(self) -> None:
        """Write the file; without a frame nothing is written."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self.frames and (self._last is not None or self._folder is not None):
            with atomic_write(self.path) as temporary:
                if self._last is not None:
                    import imageio.v3 as imageio

                    imageio.imwrite(temporary, self._last)
                else:
                    shutil.copyfile(self._film, temporary)
        self._last = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    @property
    def _film(self) -> Path:
        assert self._folder is not None
        return Path(self._folder.name) / f"film{self.path.suffix.lower()}"

    def _open_writer(self) -> Any:
        """The encoder writes to a temporary folder: a film that is cut short never takes the old one's place."""
        import imageio.v2 as imageio

        self._folder = tempfile.TemporaryDirectory(prefix="recording-")
        if self.path.suffix.lower() == ".gif":
            return imageio.get_writer(self._film, duration=1000 / self.frames_per_second, loop=0)
        return imageio.get_writer(
            self._film, fps=self.frames_per_second, codec="libx264", macro_block_size=2, ffmpeg_log_level="error"
        )

    def _frame_size(self, frame: np.ndarray) -> tuple[int, int]:
        """Even sides for mp4, whose usual encoding halves the colour's resolution."""
        height, width = frame.shape[:2]
        if self.path.suffix.lower() == ".mp4":
            height, width = height + height % 2, width + width % 2
        return height, width

    def _fit(self, frame: np.ndarray) -> np.ndarray:
        assert self._shape is not None
        if frame.shape[:2] == self._shape:
            return np.ascontiguousarray(frame)
        fitted = np.empty((*self._shape, 3), np.uint8)
        fitted[:] = frame[-1, -1]
        height, width = np.minimum(frame.shape[:2], self._shape)
        fitted[:height, :width] = frame[:height, :width]
        return fitted

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
