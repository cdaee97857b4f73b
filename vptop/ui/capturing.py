# SPDX-License-Identifier: GPL-2.0-or-later
"""Writing what the dashboard sees to a capture."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from textual import on

from engine.probes.frame import Frame
from vptop.model.capture import CaptureError, CaptureWriter, Script, Shown
from vptop.model.playback import guest_of, records_of
from vptop.ui.actions import key_of
from vptop.ui.capture_thread import CaptureEnded, CaptureThread
from vptop.ui.render.numbers import counted
from vptop.ui.scripts import ScriptShell


class CaptureShell(ScriptShell):
    """A Shell that can capture its session: the Frames that it has, and those that come."""

    _capture: CaptureThread | None = None
    """the capture that is being made"""
    _frames = 0
    """that went to it"""

    def action_capture(self) -> None:
        """Begin a capture in the current directory, or end the one that is being made."""
        if self._capture is not None:
            self.end_capture()
            return
        now = datetime.now().astimezone()
        self.begin_capture(Path.cwd() / f"vptop-{now:%Y%m%d-%H%M%S}.vpc")

    def begin_capture(self, path: Path) -> None:
        """Write the session to a file from its oldest Frame on."""
        try:
            self._capture = CaptureThread(CaptureWriter(path), self.post_message)
        except CaptureError as error:
            self.say(str(error), "bad")
            return
        ring = self.session.timeline.ring
        self._frames = len(ring)
        self._capture.put(records_of(self.session.detached(ring.end), ring.end))
        self.say(f"capturing to {path}; {key_of(self, 'capture')} ends it", "good")
        self._count()
        self.show_moment()

    def end_capture(self) -> None:
        """End the capture, if one is being made."""
        if self._capture is not None:
            self._capture.end()

    def quit_with(self, end: Callable[[], None]) -> None:
        """End that way; while a capture is being written, ask first."""
        if self._capture is None:
            super().quit_with(end)
            return
        written = f"{counted(self._frames, 'second')} so far are kept in it"
        question = f"{self._capture.writer.path.name} is still being written.\n{written}.\nEnd it and quit?"
        self.confirm("Quit", question, partial(super().quit_with, end))

    @on(CaptureEnded)
    def _capture_ended(self, event: CaptureEnded) -> None:
        writer = event.capture.writer
        if event.trouble:
            self.say(f"{event.trouble}; the capture ended", "bad")
        else:
            path = writer.path.absolute()
            file = shlex.quote(path.name if path.parent == Path.cwd() else str(path))
            self.say(f"{counted(writer.frames, 'Frame')} written; `vptop replay {file}` shows them", "good")
        if event.capture is self._capture:
            self._capture = None
            self._count()
            self.show_moment()

    def on_unmount(self) -> None:
        """End the file."""
        if self._capture is not None:
            self._capture.end()
            self._capture.wait()

    # --- what comes ---

    def guest_changed(self) -> None:
        """More of the guest is known."""
        if self._capture is not None:
            session = self.session.detached(0)
            self._capture.put(guest_of(one) for one in (session,))

    def script_loaded(self, name: str, source: str) -> None:
        """Another text of a script runs."""
        super().script_loaded(name, source)
        if self._capture is not None:
            self._capture.put([Script(name, source)])

    def frame_came(self, frame: Frame) -> None:
        """A Frame came."""
        if self._capture is not None:
            self._capture.put([Shown(frame)])
            self._frames += 1
            self._count()

    def _count(self) -> None:
        self.session.capturing = None if self._capture is None else self._frames
