# SPDX-License-Identifier: GPL-2.0-or-later
"""The versions of a script: every text that was applied, and how it differs from the one in the editor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Static

from vptop.model.plain import clean
from vptop.ui.dialogs.dialog import Dialog
from vptop.ui.editor.alignment import blocks
from vptop.ui.render.columns import highlighted
from vptop.ui.render.fit import Piece, strip
from vptop.ui.render.numbers import clock
from vptop.ui.widgets.lines import LinePanel

CONTEXT = 3
"""Unchanged lines around each change of a diff."""


@dataclass(frozen=True, slots=True)
class Version:
    """A text that was loaded, or refused."""

    generation: int
    """0: it was refused"""
    source: str
    told: str
    """what the machine answered"""
    since: float = 0.0
    """guest seconds at which it was applied"""
    added: int = 0
    """lines that the version before did not have"""
    removed: int = 0
    """lines of the version before that are gone"""

    @property
    def label(self) -> str:
        """Its number, or that it has none."""
        return f"v{self.generation}" if self.generation else "not loaded"


def changed_lines(before: str, after: str) -> tuple[int, int]:
    """The numbers of lines that were added and removed between two texts."""
    old, new = before.split("\n"), after.split("\n")
    same = sum(size for _, _, size in blocks(old, new))
    return len(new) - same, len(old) - same


class VersionPanel(LinePanel[Version]):
    """Every text that was applied, the newest first."""

    empty = "no version yet"

    class Chosen(Message):
        """The person wants to see that text beside the one in the editor."""

        def __init__(self, version: Version) -> None:
            super().__init__()
            self.version = version

    def __init__(self) -> None:
        super().__init__("Versions", id="versions")
        self.versions: Sequence[Version] = ()

    def set_versions(self, versions: Sequence[Version]) -> None:
        """These there are, the oldest first."""
        self.versions = versions
        self.update_rows()

    def update_rows(self) -> None:
        """Versions belong to the script, not to a moment of the machine."""
        self.rows = tuple(reversed(self.versions))
        self.cursor = max(0, min(self.cursor, len(self.rows) - 1))
        self._fit()
        self.refresh()

    def status(self) -> str:
        """What Enter does."""
        return "Enter: compare" if self.rows else ""

    def draw(self, row: Version, index: int, width: int, *, cursor: bool) -> Strip:
        """Number, state, when it was applied, how much changed, and what loading it did."""
        running = next((version for version in self.rows if version.generation), None)
        glyph, style = ("✗", self.palette.bad) if not row.generation else (" ", self.palette.dim)
        if row is running:
            glyph, style = "●", self.palette.good
        pieces: list[Piece] = [(f"{glyph} {row.label} ", style), (f"{clock(row.since)} ", self.palette.dim)]
        if row.added or row.removed:
            pieces.append((f"+{row.added} −{row.removed} ", self.palette.accent))
        made = strip([*pieces, (clean(row.told), self.palette.text)], width)
        return highlighted(made, self.palette) if cursor else made

    def action_open(self) -> None:
        """Compare it."""
        if (version := self.current) is not None:
            self.post_message(self.Chosen(version))


class DiffScreen(Dialog[bool]):
    """The lines in which a version differs from the editor's text; Enter takes the version into the editor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(False)", "close"),
        Binding("enter", "dismiss(True)", "take"),
        Binding("j,down", "scroll(1)", "down"),
        Binding("k,up", "scroll(-1)", "up"),
        Binding("pagedown,space", "scroll(10)", "page down"),
        Binding("pageup", "scroll(-10)", "page up"),
    ]

    def __init__(self, version: Version, current: str) -> None:
        super().__init__()
        self._version = version
        self._current = current

    def compose(self) -> ComposeResult:
        """A scrolling box."""
        with Vertical(classes="dialog diff") as box:
            box.border_title = Content(f"{self._version.label} against the text in the editor")
            box.border_subtitle = Content("Enter takes it into the editor · Esc closes")
            with VerticalScroll():
                yield Static(diff(self._version.source, self._current))

    def action_scroll(self, lines: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False, immediate=True)


_MARKS = {"+": "$vptop-success", "-": "$vptop-error", "@": "$vptop-accent"}


def diff(version: str, current: str) -> Content:
    """A unified diff from a version's text to the editor's: `-` only in the version, `+` only in the editor."""
    lines = list(unified_diff(version.split("\n"), current.split("\n"), n=CONTEXT, lineterm=""))[2:]
    if not lines:
        return Content("no difference")
    styled = [Content.styled(clean(line), _MARKS.get(line[:1], "")) for line in lines]
    return Content("\n").join(styled)
