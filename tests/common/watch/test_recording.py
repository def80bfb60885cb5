"""A film holds the frames that were shown, in their order."""

import threading
from functools import partial
from pathlib import Path

from common.errors import UserError
from common.watch.recording import LiveRecorder, Recorder

import imageio.v3 as imageio
import numpy as np
import pytest


def frames(count: int, height: int = 32, width: int = 48) -> list[np.ndarray]:
    return [np.full((height, width, 3), 40 + 40 * index, np.uint8) for index in range(count)]


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_film_has_every_frame(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"영상{suffix}"
    with Recorder(path, frames_per_second=10) as recorder:
        for frame in frames(5):
            recorder.add(frame)
    film = imageio.imread(path, index=None) if suffix == ".gif" else np.stack(list(imageio.imiter(path)))
    assert film.shape == (5, 32, 48, 3)
    np.testing.assert_allclose(film[:, 16, 24, 0], [40, 80, 120, 160, 200], atol=4)


def test_picture_is_the_last_frame(tmp_path: Path) -> None:
    with Recorder(tmp_path / "a.png") as recorder:
        for frame in frames(3):
            recorder.add(frame)
    np.testing.assert_array_equal(imageio.imread(tmp_path / "a.png"), frames(3)[-1])


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_resized_window_keeps_the_films_size(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with Recorder(path) as recorder:
        for frame in (*frames(1, 33, 47), *frames(1, 60, 20)):
            recorder.add(frame)
    height, width = next(iter(imageio.imiter(path))).shape[:2]
    assert (height, width) == ((34, 48) if suffix == ".mp4" else (33, 47))


def test_no_frame_no_file(tmp_path: Path) -> None:
    Recorder(tmp_path / "a.gif").close()
    assert not list(tmp_path.iterdir())


def test_film_plays_at_the_speed_asked_for(tmp_path: Path) -> None:
    with Recorder(tmp_path / "a.gif", frames_per_second=20) as recorder:
        for frame in frames(2):
            recorder.add(frame)
    assert imageio.immeta(tmp_path / "a.gif", index=0)["duration"] == pytest.approx(50, abs=10)


@pytest.mark.parametrize("name", ["film.avi", "film", "film.gif/x"])
def test_unknown_suffix(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"\.gif"):
        Recorder(tmp_path / name)


def drawing(seed: int) -> np.ndarray:
    """White, with forty small patches and a large one, each of its own colour."""
    random = np.random.default_rng(seed)
    frame = np.full((320, 400, 3), 255, np.uint8)
    for index, colour in enumerate(random.integers(0, 256, (40, 3))):
        frame[10:20, 10 * index : 10 * index + 8] = colour
    frame[100:300, 100:300] = random.integers(0, 256, 3)
    return frame


def filmed(path: Path, frames: list[np.ndarray]) -> np.ndarray:
    with Recorder(path) as recorder:
        for frame in frames:
            recorder.add(frame)
    return imageio.imread(path, index=None).astype(int)


def test_a_gif_keeps_the_colours_of_a_drawing(tmp_path: Path) -> None:
    """Large areas and rare colours stay visibly the same, also where they come up later in the film."""
    drawn = [drawing(seed) for seed in range(3)]
    assert np.abs(filmed(tmp_path / "a.gif", drawn) - drawn).max() <= 6


def test_a_small_thing_that_comes_up_later_has_its_colour(tmp_path: Path) -> None:
    """An agent that begins to walk over a map of shades of blue, whose 256 colours are all taken."""
    shades = np.linspace(0, 255, 400).astype(np.uint8)
    world = np.stack(np.broadcast_arrays(shades[:, None] // 2, shades // 2, 200), axis=2).astype(np.uint8)
    agent = world.copy()
    agent[200:216, 200:216] = (176, 22, 104)
    film = filmed(tmp_path / "a.gif", [world, agent])
    assert np.abs(film[1, 200:216, 200:216] - (176, 22, 104)).max() <= 6


def test_what_does_not_change_is_stored_once(tmp_path: Path) -> None:
    """Colours are kept while they fit, so ten frames that differ in a corner take little more than one."""
    noise = np.random.default_rng(0).integers(0, 256, (100, 100, 3)).repeat(3, axis=0).repeat(4, axis=1)
    frames = [noise.astype(np.uint8) for _ in range(10)]
    for index, frame in enumerate(frames):
        frame[:20, : 2 * index] = noise[0, 0]
    film = filmed(tmp_path / "ten.gif", frames)
    filmed(tmp_path / "one.gif", frames[:1])
    assert (film[:, 40:] == film[0, 40:]).all()
    assert (tmp_path / "ten.gif").stat().st_size < 1.5 * (tmp_path / "one.gif").stat().st_size


# Beside a window


def test_a_live_film_is_encoded_beside_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adding does not wait for the encoder, which cannot even begin here; the film has every frame in its order."""
    encode, may_encode = Recorder.add, threading.Event()

    def slow(self: Recorder, frame: np.ndarray, times: int) -> None:
        assert may_encode.wait(10)
        encode(self, frame, times)

    monkeypatch.setattr(Recorder, "add", slow)
    with LiveRecorder(tmp_path / "a.gif") as recorder:
        for frame in frames(5):
            recorder.add(frame)
        assert recorder.frames == 0
        may_encode.set()
    film = imageio.imread(tmp_path / "a.gif", index=None)
    np.testing.assert_allclose(film[:, 16, 24, 0], [40, 80, 120, 160, 200], atol=4)


def test_a_frame_may_be_made_beside_the_window_and_be_seen_for_longer(tmp_path: Path) -> None:
    """What makes a frame is called by the encoder's thread; a frame for three is encoded once and plays three."""
    makers = []

    def make(frame: np.ndarray) -> np.ndarray:
        makers.append(threading.current_thread())
        return frame

    first, second = frames(2)
    with LiveRecorder(tmp_path / "a.gif", frames_per_second=10) as recorder:
        recorder.add(partial(make, first), times=3)
        recorder.add(partial(make, second))
    assert recorder.frames == 4 and len(makers) == 2 and threading.current_thread() not in makers
    shown = imageio.imread(tmp_path / "a.gif", index=None)
    length = sum(imageio.immeta(tmp_path / "a.gif", index=index)["duration"] for index in range(len(shown)))
    assert length == 400


def test_what_waits_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_encode = threading.Event()
    monkeypatch.setattr(Recorder, "add", lambda *_: may_encode.wait(10))
    recorder = LiveRecorder(tmp_path / "a.gif", most_waiting=3)
    adding = threading.Thread(target=lambda: [recorder.add(frame) for frame in frames(5)], daemon=True)
    adding.start()
    adding.join(0.2)
    assert adding.is_alive(), "one is encoded, three wait, the fifth has no room"
    may_encode.set()
    adding.join(10)
    assert not adding.is_alive()
    recorder.close()


def test_what_goes_wrong_beside_the_window_is_raised_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Recorder, "add", full)
    recorder = LiveRecorder(tmp_path / "a.gif")
    recorder.add(frames(1)[0])
    with pytest.raises(OSError, match="no space left"):
        recorder.close()
    recorder.close()


def test_a_live_film_without_a_frame_is_no_file(tmp_path: Path) -> None:
    LiveRecorder(tmp_path / "a.gif").close()
    assert not list(tmp_path.iterdir())
