"""Pictures and films of what a window shows."""

import queue
import shutil
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from common.errors import UserError
from common.files import atomic_write, check_writable

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = (".gif", ".mp4", ".png")

Frame = np.ndarray | Callable[[], np.ndarray]


def film_rate(frames_per_second: float) -> float:
    """Frames a second of a film: half of them where an environment shows more than 30."""
    return frames_per_second / 2 if frames_per_second > 30 else frames_per_second


def check_recordable(path: Path) -> Path:
    """Return the path if a recording can be written there; raises UserError for the suffix or the place."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise UserError("cannot record to {path}: the name must end in .gif, .mp4 or .png", path=path)
    return check_writable(path)


class Recorder:
    """Collects frames and writes them as .gif or .mp4 (all of them) or .png (the last one).

    frames_per_second: how fast the film plays. Frames are uint8 [height, width, 3] and share the first one's size;
    a later frame of another size is cropped or padded with its corner colour.
    Frames are encoded as they come: an mp4 goes to disk, a GIF's frames are kept compressed. The file appears at
    `close`, whole.
    """

    def __init__(self, path: Path, frames_per_second: float = 10) -> None:
        self.path = check_recordable(path)
        self.frames_per_second = frames_per_second
        self.frames = 0
        self._last: np.ndarray | None = None
        self._shape: tuple[int, int] | None = None
        self._writer: Any = None
        self._gif: list[tuple[bytes, list[int]]] = []
        self._palette = _Palette()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def add(self, frame: np.ndarray, times: int = 1) -> None:
        """Append a frame, uint8 [height, width, 3]; times: for how many frames it is to be seen."""
        if self._shape is None:
            self._shape = self._frame_size(frame)
        frame = self._fit(frame)
        self.frames += times
        if self.path.suffix.lower() == ".png":
            self._last = frame
            return
        if self.path.suffix.lower() == ".gif":
            drawn = self._palette.draw(frame)
            self._gif += [(zlib.compress(drawn.tobytes(), 1), drawn.getpalette() or [])] * times
            return
        if self._writer is None:
            self._writer = self._open_writer()
        for _ in range(times):
            self._writer.append_data(frame)

    def close(self) -> None:
        """Write the file; without a frame nothing is written."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._gif:
            with atomic_write(self.path) as temporary:
                self._write_gif(temporary)
            self._gif = []
        elif self.frames and (self._last is not None or self._folder is not None):
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
        return imageio.get_writer(
            self._film, fps=self.frames_per_second, codec="libx264", macro_block_size=2, ffmpeg_log_level="error"
        )

    def _write_gif(self, path: Path) -> None:
        first, *others = self._gif
        self._image(first).save(
            path,
            format="GIF",
            save_all=True,
            append_images=self._images(others),
            duration=1000 / self.frames_per_second,
            loop=0,
        )

    def _images(self, frames: list[tuple[bytes, list[int]]]) -> "Iterator[Image]":
        for frame in frames:
            yield self._image(frame)

    def _image(self, frame: tuple[bytes, list[int]]) -> "Image":
        from PIL import Image

        assert self._shape is not None
        packed, palette = frame
        image = Image.frombytes("P", (self._shape[1], self._shape[0]), zlib.decompress(packed))
        image.putpalette(palette)
        return image

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


class LiveRecorder(Recorder):
    """A recorder that does not hold up what it films: a thread of its own encodes the frames, in their order.

    Whoever adds a frame leaves it as it is from then on. What goes wrong on the way is raised by `close`.
    most_waiting: frames that are kept until they are encoded; whoever adds one more waits.
    """

    def __init__(self, path: Path, frames_per_second: float = 10, most_waiting: int = 100) -> None:
        super().__init__(path, frames_per_second)
        self._waiting: queue.Queue[tuple[Frame, int] | None] = queue.Queue(most_waiting)
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None

    def add(self, frame: Frame, times: int = 1) -> None:
        """Append a frame, uint8 [height, width, 3], or what makes it, which the thread calls."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._encode, daemon=True)
            self._thread.start()
        self._waiting.put((frame, times))

    def _encode(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            frame, times = waiting
            if self._error is None:
                try:
                    super().add(frame() if callable(frame) else frame, times)
                except Exception as error:
                    self._error = error

    def close(self) -> None:
        """Write the file once every frame is encoded."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None
        super().close()
        error, self._error = self._error, None
        if error is not None:
            raise error


class _Palette:
    """The 256 colours that a GIF's frames are drawn with, as Pillow's median cut chooses them.

    They are kept from frame to frame while they fit: what did not change between two frames is then equal and is stored
    only once.
    """

    def __init__(self) -> None:
        self._colours: Image | None = None
        self._least_error = 0.0

    def draw(self, frame: np.ndarray) -> "Image":
        """A frame uint8 [H, W, 3] as an image of mode P."""
        from PIL import Image

        image = Image.fromarray(frame)
        if self._colours is not None:
            drawn = image.quantize(palette=self._colours, dither=Image.Dither.NONE)
            if _error(drawn, frame) <= self._least_error + _MOST_ERROR:
                return drawn
        # Every second row and column say as much, and are four times as quick.
        sample = Image.fromarray(np.ascontiguousarray(frame[::2, ::2]))
        self._colours = sample.quantize(256, Image.Quantize.MEDIANCUT, kmeans=1)
        drawn = image.quantize(palette=self._colours, dither=Image.Dither.NONE)
        self._least_error = _error(drawn, frame)
        return drawn


def _error(drawn: "Image", frame: np.ndarray) -> float:
    """How far the colours are from the frame's: the mean square of each pixel's largest difference beyond _UNSEEN.

    Of every third row and column. Squares, because a small thing in a wrong colour is worse than a hue over all.
    """
    colours = np.array(drawn.getpalette(), np.uint8).reshape(-1, 3)
    there, wanted = colours[np.asarray(drawn)[::3, ::3]], frame[::3, ::3]
    difference = (np.maximum(there, wanted) - np.minimum(there, wanted)).max(axis=2)
    return float(np.square(np.maximum(difference, _UNSEEN) - _UNSEEN, dtype=np.float32).mean())


_UNSEEN = 3
"""A difference, in steps of 256, that nobody sees, and below which Pillow takes colours for equal."""

_MOST_ERROR = 1.0
"""How much larger the error of kept colours may be than when they were chosen."""
