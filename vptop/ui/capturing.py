# SPDX-License-Identifier: GPL-2.0-or-later
"""Writing what the dashboard sees to a capture."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from engine.probes.frame import Frame
from vptop.model.capture import CaptureError, CaptureWriter, Record, Script, Shown
from vptop.model.playback import guest_of, records_of
from vptop.ui.actions import key_of
from vptop.ui.scripts import ScriptShell


class CaptureShell(ScriptShell):
    """A Shell that can capture its session: the Frames that it has, and those that come."""

    _writer: CaptureWriter | None = None

    def action_capture(self) -> None:
        """Begin a capture in the current directory, or end the one that is being made."""
        if self._writer is not None:
            self.end_capture()
            return
        now = datetime.now().astimezone()
        self.begin_capture(Path.cwd() / f"vptop-{now:%Y%m%d-%H%M%S}.vpc")

    def begin_capture(self, path: Path) -> None:
        """Write the session to a file from its oldest Frame on."""
        try:
            self._writer = CaptureWriter(path)
        except CaptureError as error:
            self.say(str(error), "bad")
            return
        for record in records_of(self.session, self.session.timeline.ring.end):
            self._put(record)
        if self._writer is not None:
            self.say(f"capturing to {path}; {key_of(self, 'capture')} ends it", "good")
            self._count()
            self.show_moment()

    def end_capture(self) -> None:
        """End the capture, if one is being made."""
        if (writer := self._writer) is None:
            return
        self._writer = None
        writer.close()
        self._count()
        self.show_moment()
        self.say(f"wrote {writer.path}: {writer.frames} Frames; `vptop replay {writer.path.name}` shows them", "good")

    def on_unmount(self) -> None:
        """End the file."""
        if self._writer is not None:
            self._writer.close()

    # --- what comes ---

    def guest_changed(self) -> None:
        """More of the guest is known."""
        if self._writer is not None:
            self._put(guest_of(self.session))

    def script_loaded(self, name: str, source: str) -> None:
        """Another text of a script runs."""
        super().script_loaded(name, source)
        if self._writer is not None:
            self._put(Script(name, source))

    def frame_came(self, frame: Frame) -> None:
        """A Frame came."""
        if self._writer is not None:
            self._put(Shown(frame))
            self._count()

    def _put(self, record: Record) -> None:
        if self._writer is None:
            return
        try:
            self._writer.add(record)
        except CaptureError as error:
            self._writer.close()
            self._writer = None
            self._count()
            self.say(f"{error}; the capture ended", "bad")

    def _count(self) -> None:
        self.session.capturing = None if self._writer is None else self._writer.frames
