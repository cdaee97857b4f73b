# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions out of files: captures, and Frames as lines of JSON."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from engine.guest import symbol_files
from engine.guest.symbols import SymbolError, Symbols
from engine.probes import frame_json
from engine.probes.frame import Frame
from vptop.model import capture
from vptop.model.capture import CaptureError
from vptop.model.ring import Ring
from vptop.model.session import Session

FRAME = b'{"frame":'
"""How a line with a Frame begins."""
FRAMES = 1_000_000
BYTES = 2 << 30
"""Bounds of a session that is read from a file."""


def large_session() -> Session:
    """A session that holds every Frame of a file."""
    return Session(Ring(FRAMES, BYTES))


def session_of(path: Path) -> Session:
    """The session that a capture holds, or Frames as lines of JSON, which have neither scripts nor symbols.

    What was cut off at the end of the file is left out.

    Raises:
        CaptureError: the file cannot be read, or holds neither.
    """
    session = large_session()
    for record in read(path):
        match record:
            case capture.Guest(name, vcpus, symbols, vectors):
                session.guest, session.vcpus, session.vectors = name, vcpus, vectors
                session.set_symbols(symbols_of(symbols))
            case capture.Script(name, source):
                session.set_source(name, source)
            case capture.Shown(frame):
                session.add(frame)
    return session


def is_session(path: Path) -> bool:
    """Whether a file begins like a capture or like Frames as JSON; False when it cannot be read."""
    if capture.is_capture(path):
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(FRAME)) == FRAME
    except OSError:
        return False


def read(path: Path) -> Iterator[capture.Record]:
    """What a capture holds, or the Frames in lines of JSON.

    Raises:
        CaptureError: the file cannot be read, or holds neither.
    """
    return capture.read(path) if capture.is_capture(path) else map(capture.Shown, frames_of(path))


def frames_of(path: Path) -> Iterator[Frame]:
    """The Frames in lines of JSON, as `vptop run --json` and exports write them; a last line that was cut is left out.

    Raises:
        CaptureError: the file cannot be read, a line is no Frame, or there is none.
    """
    number, is_cut = 0, False
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                is_cut = number > 1 and not line.endswith(b"\n")
                yield frame_json.decode(line)
    except OSError as error:
        raise CaptureError(f"{path}: {error.strerror or error}") from error
    except msgspec.DecodeError as error:
        if not is_cut:
            raise CaptureError(f"{path}:{number}: expected a capture, or Frames as lines of JSON ({error})") from error
    if not number:
        raise CaptureError(f"{path}: the file is empty; expected a capture, or Frames as lines of JSON")


def guest_of(session: Session) -> capture.Guest:
    """What runs in a session, for a capture."""
    return capture.Guest(session.guest, session.vcpus, session.symbols.pack(), dict(session.vectors))


def records_of(session: Session, end: int) -> Iterator[capture.Record]:
    """What a capture of a session holds: its guest, its scripts as they are now, and its Frames before `end`."""
    yield guest_of(session)
    for name, source in session.sources.items():
        yield capture.Script(name, source)
    for sequence in range(session.timeline.ring.first, end):
        if (frame := session.timeline.ring.get(sequence)) is not None:
            yield capture.Shown(frame)


def symbols_of(data: bytes) -> Symbols:
    """The symbols in the bytes of a symbol file; none when they cannot be read."""
    if not data:
        return Symbols()
    with tempfile.NamedTemporaryFile(suffix=".sym") as file, suppress(SymbolError):
        file.write(data)
        file.flush()
        return symbol_files.read(Path(file.name))
    return Symbols()
