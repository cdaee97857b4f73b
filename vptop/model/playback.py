# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions out of files: captures, and Frames as lines of JSON."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from engine.guest import symbol_files
from engine.guest.symbols import SymbolError, Symbols
from engine.probes import frame_json
from engine.vm.options import RECORDING_BEGINS
from vptop.model import capture
from vptop.model.capture import CaptureError
from vptop.model.plain import clean
from vptop.model.ring import Ring
from vptop.model.session import Session

FRAME = b'{"frame":'
"""How a line with a Frame begins."""
CAPTURE = "a capture (.vpc)"
LINES = "Frames as lines of JSON (.jsonl)"
SESSIONS = f"{CAPTURE}, or {LINES}"
SHOWN_BYTES = 16
"""Of a file that is none of what was expected."""
FRAMES = 1_000_000
BYTES = 2 << 30
"""Bounds of a session that is read from a file."""


def large_session() -> Session:
    """A session that holds every Frame of a file."""
    return Session(Ring(FRAMES, BYTES))


def session_of(path: Path, warn: Callable[[str], object]) -> Session:
    """The session that a capture holds, or Frames as lines of JSON, which have neither scripts nor symbols.

    Args:
        path: of the file.
        warn: is told what of it cannot be read and is left out.

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
            case capture.LeftOut(why):
                warn(why)
    return session


def is_session(path: Path) -> bool:
    """Whether a file begins like a capture or like Frames as JSON; False: it is a recording, or cannot be read.

    Raises:
        CaptureError: it is none of them.
    """
    try:
        begins = _beginning(path)
    except OSError:
        return False
    if begins.startswith((capture.MAGIC, FRAME)):
        return True
    if begins.startswith(RECORDING_BEGINS):
        return False
    found = f"found {begins[:SHOWN_BYTES]!r} at its beginning" if begins else "the file is empty"
    raise CaptureError(f"{path}: {found}; expected {CAPTURE}, {LINES}, or a recording (--record)")


def _beginning(path: Path) -> bytes:
    """The first bytes of a file that can be read again."""
    if not (path.is_file() or path.is_dir() or not path.exists()):
        raise CaptureError(f"{path}: a pipe or a device; expected a file, which is read more than once")
    with path.open("rb") as file:
        begins = file.read(64)
    if begins.startswith(capture.NAME) and not begins.startswith(capture.MAGIC):
        version = begins.removeprefix(capture.NAME).partition(b"\n")[0].decode("ascii", "replace")
        raise CaptureError(
            f"{path}: a capture of format {clean(version)}; this version of vptop reads format {capture.FORMAT}"
        )
    return begins


def read(path: Path) -> Iterator[capture.Record | capture.LeftOut]:
    """What a capture holds, or the Frames in lines of JSON; a LeftOut where something in it cannot be read.

    Raises:
        CaptureError: the file cannot be read, or holds neither; or it holds no Frame.
    """
    try:
        is_capture = _beginning(path).startswith(capture.MAGIC)
    except OSError as error:
        raise CaptureError(f"{path}: {error.strerror or error}") from error
    return _with_a_frame(path, capture.read(path) if is_capture else frames_of(path))


def _with_a_frame(
    path: Path, records: Iterator[capture.Record | capture.LeftOut]
) -> Iterator[capture.Record | capture.LeftOut]:
    """The same, with what is left out before the first Frame behind it: where there is none, that is the reason."""
    left_out: list[capture.LeftOut] = []
    has_frame = False
    for record in records:
        if isinstance(record, capture.LeftOut) and not has_frame:
            left_out.append(record)
            continue
        yield record
        if isinstance(record, capture.Shown) and not has_frame:
            has_frame = True
            yield from left_out
    if not has_frame:
        raise CaptureError(f"{left_out[0].why}; no Frame can be read" if left_out else f"{path}: it holds no Frame")


def frames_of(path: Path) -> Iterator[capture.Shown | capture.LeftOut]:
    """The Frames in lines of JSON, as `vptop run --json` and exports write them; a LeftOut for other lines.

    Raises:
        CaptureError: the file cannot be read, or its first line is no Frame.
    """
    number, left_out = 0, 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    frame = frame_json.decode(line)
                except msgspec.DecodeError as error:
                    if not line.startswith(FRAME) and number == 1:
                        raise CaptureError(f"{path}:{number}: expected {SESSIONS} ({error})") from error
                    left_out += 1
                    if left_out == 1:
                        what = "no Frame" if line.endswith(b"\n") else "cut off"
                        why = f"{path}:{number}: the line is {what}; it is left out"
                else:
                    yield capture.Shown(frame)
    except OSError as error:
        raise CaptureError(f"{path}: {error.strerror or error}") from error
    if left_out:
        yield capture.LeftOut(why + (f", and {left_out - 1} more after it" if left_out > 1 else ""))
    if not number:
        raise CaptureError(f"{path}: the file is empty; expected {SESSIONS}")


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
