# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions out of files: captures, and Frames as lines of JSON."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from engine.guest import symbol_files
from engine.guest.symbols import SymbolError, Symbols
from vptop.model import capture
from vptop.model.ring import Ring
from vptop.model.session import Session

FRAMES = 1_000_000
BYTES = 2 << 30
"""Bounds of a session that is read from a file."""


def large_session() -> Session:
    """A session that holds every Frame of a file."""
    return Session(Ring(FRAMES, BYTES))


def session_of(path: Path) -> Session:
    """The session that a capture holds.

    Raises:
        CaptureError: the file cannot be read, or is no capture.
    """
    session = large_session()
    for record in capture.read(path):
        match record:
            case capture.Guest(name, vcpus, symbols, vectors):
                session.guest, session.vcpus, session.vectors = name, vcpus, vectors
                session.set_symbols(symbols_of(symbols))
            case capture.Script(name, source):
                session.set_source(name, source)
            case capture.Shown(frame):
                session.add(frame)
    return session


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
