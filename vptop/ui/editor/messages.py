# SPDX-License-Identifier: GPL-2.0-or-later
"""What the editor asks of those around it."""

from __future__ import annotations

from textual.message import Message

from vptop.source.checking import Finding


class Request(Message):
    """Something is to be done with a text."""

    def __init__(self, name: str, source: str) -> None:
        super().__init__()
        self.name = name
        self.source = source


class ApplyRequested(Request):
    """Load this text in the place of the script of that name."""


class ApplySinceRequested(Request):
    """Load this text, and ask it of seconds that have passed."""


class SaveRequested(Request):
    """Write this text to the script's file."""


class Rested(Request):
    """The person has stopped typing for a moment."""


class Found(Request):
    """Something was found in a text that is being checked."""

    def __init__(self, name: str, source: str, finding: Finding) -> None:
        super().__init__(name, source)
        self.finding = finding


class ReloadRequested(Message):
    """The person wants the file's text, or that of the running version."""


class Trouble(Message):
    """Something could not be done; the text says why."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class StepRequested(Message):
    """The person wants the next (1) or previous (-1) script."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step


class NewRequested(Message):
    """The person wants to begin a script."""


class PickRequested(Message):
    """The person wants another script."""


class LeaveRequested(Message):
    """The person wants back to where they came from."""


class LiveRowsRequested(Message):
    """The person wants to see the rows of the aggregate in the cursor's line, or no longer."""
