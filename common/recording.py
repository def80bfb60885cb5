"""Pictures and films of what a window shows."""

import shutil
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from common.files import atomic_write, check_writable
from common.options import UserError

if TYPE_CHECKING:
    from PIL.Image import Image

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

    def add(self, frame: np.ndarray) -> None:
        """Append a frame, uint8 [height, width, 3]."""
        if self._shape is None:
            self._shape = self._frame_size(frame)
        frame = self._fit(frame)
        self.frames += 1
        if self.path.suffix.lower() == ".png":
            self._last = frame
            return
        if self.path.suffix.lower() == ".gif":
            self._gif.append(self._palette.index(frame))
            return
        if self._writer is None:
            self._writer = self._open_writer()
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


class _Palette:
    """The 256 colours that a GIF's frames are drawn with.

    They are kept from frame to frame while they fit: what did not change between two frames is then equal and is stored
    only once.
    """

    def __init__(self) -> None:
        self._image: Image | None = None
        self._colours = np.zeros((256, 3), int)

    def index(self, frame: np.ndarray) -> tuple[bytes, list[int]]:
        """A frame uint8 [H, W, 3] as compressed indices, and the palette that they point into."""
        from PIL import Image

        # Every third row and column do: the drawings have large even areas, and it is nine times as quick.
        sample = np.ascontiguousarray(frame[::3, ::3]) if min(frame.shape[:2]) > 300 else frame
        if self._image is None or not self._fits(sample):
            method, dither = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
            self._image = Image.fromarray(sample).quantize(256, method=method, dither=dither)
            colours = self._image.getpalette() or []
            self._colours = np.resize(np.array(colours), (256, 3))
        indexed = Image.fromarray(frame).quantize(palette=self._image, dither=Image.Dither.NONE)
        return zlib.compress(indexed.tobytes(), 1), indexed.getpalette() or []

    def _fits(self, sample: np.ndarray) -> bool:
        from PIL import Image

        indexed = Image.fromarray(sample).quantize(palette=self._image, dither=Image.Dither.NONE)
        away = np.abs(self._colours[np.asarray(indexed)] - sample).max(axis=2)
        return bool((away > _VISIBLE).mean() < 0.002)


_VISIBLE = 6
"""A difference of a colour, in steps of 256, that one might see."""
