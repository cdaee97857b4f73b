# SPDX-License-Identifier: GPL-2.0-or-later
"""Exports are made in a process of their own, one at a time: the screen stays live, however long a session takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

from textual.message import Message

from engine.errors import InputError
from engine.files import write_whole
from vptop.export.apart import Rendering
from vptop.export.formats import suggested_name
from vptop.export.parts import Parts
from vptop.model.failures import in_words
from vptop.model.moment import Moment

MOST_COPIED = 1 << 20
"""Characters that are copied at most: the terminal has to take them, and tmux takes no more (its input buffer)."""
TOO_LONG = f"more than {MOST_COPIED:,} characters cannot be copied; export them to a file"
UTF8_BYTES = 4
"""Of a character, at most."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A format of what is shown."""

    suffix: str
    title: str
    help: str
    render: Callable[[], Parts]
    """makes the file, part by part, in a copy of this process"""
    is_text: bool = True


@dataclass(frozen=True, slots=True)
class Export:
    """What a person wants to be exported."""

    choice: Choice
    path: Path | None = None
    """None: it is copied"""
    is_suggested: bool = True
    """vptop made up the name of the file"""

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return self.path.name if self.path else self.choice.title

    def again(self, moment: Moment, choice: Choice) -> Export:
        """The same of another moment; a name that vptop made up is made up anew."""
        if self.path is None or not self.is_suggested:
            return replace(self, choice=choice)
        return replace(self, choice=choice, path=self.path.with_name(suggested_name(moment, choice.suffix)))


class Exported(Message):
    """An export ended.

    Args:
        export: which one.
        size: bytes in the file.
        text: what is to be copied.
        trouble: why it could not be made or written; empty: it was.
    """

    def __init__(self, export: Export, *, size: int = 0, text: str = "", trouble: str = "") -> None:
        super().__init__()
        self.export, self.size, self.text, self.trouble = export, size, text, trouble


class Exporter:
    """Makes exports, each in a process of its own.

    Args:
        tell: takes a message from another thread.
    """

    def __init__(self, tell: Callable[[Message], object]) -> None:
        self.running: Export | None = None
        """the export that is being made"""
        self.made = 0
        """bytes of it that are made"""
        self._tell = tell
        self._rendering: Rendering | None = None
        self._thread: Thread | None = None

    def start(self, export: Export) -> bool:
        """Begin an export; False when another one is being made."""
        if self.running is not None:
            return False
        self.running, self.made = export, 0
        self._rendering = Rendering(export.choice.render)
        self._thread = Thread(target=self._run, args=(export, self._rendering), name="export", daemon=True)
        self._thread.start()
        return True

    def give_up(self) -> None:
        """End the export that is being made: no part of it stays. One that is made but not written yet is written."""
        if self._rendering is not None:
            self._rendering.stop()

    def end(self) -> None:
        """The same, and wait until that is done."""
        self.give_up()
        if self._thread is not None:
            self._thread.join()

    def _run(self, export: Export, rendering: Rendering) -> None:
        done = Exported(export, trouble="it could not be written")
        try:
            with rendering:
                done = self._made(export, rendering)
        except (InputError, OSError, MemoryError) as error:
            done.trouble = in_words(error)
        finally:
            self.running = None
            self._tell(done)

    def _made(self, export: Export, rendering: Rendering) -> Exported:
        parts = self._counted(rendering.parts())
        if export.path is None:
            return _copied(export, parts)
        return Exported(export, size=write_whole(export.path, parts))

    def _counted(self, parts: Parts) -> Parts:
        for part in parts:
            self.made += len(part)
            yield part


def _copied(export: Export, parts: Parts) -> Exported:
    """As many parts as a terminal takes."""
    data = bytearray()
    for part in parts:
        data += part
        if len(data) > MOST_COPIED * UTF8_BYTES:
            return Exported(export, trouble=TOO_LONG)
    text = data.decode()
    return Exported(export, text=text, trouble="" if len(text) <= MOST_COPIED else TOO_LONG)
