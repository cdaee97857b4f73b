# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of words that fit, over the text at the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.geometry import Offset
from textual.strip import Strip
from textual.widget import Widget

from engine.vp.editing.names import Candidate
from vptop.model.plain import clean
from vptop.ui.render.fit import fit, strip
from vptop.ui.render.palette import Palette, from_theme

ROWS = 8
WIDTH = 64


class CompletionList(Widget):
    """Never has the focus: the text does, and passes keys on."""

    def __init__(self) -> None:
        super().__init__()
        self.candidates: Sequence[Candidate] = ()
        self.index = 0
        self.chosen = False
        """the person asked for the list or moved in it, so Enter takes a word instead of breaking the line"""
        self._palette: Palette | None = None
        self._cursor: Callable[[], Offset] = Offset
        self._tell: Callable[[Candidate], str] = lambda word: word.doc
        self._at = Offset(-1, -1)
        """where the cursor was when the list was put beside it"""
        self.display = False

    def on_mount(self) -> None:
        """The text may move below the list: a pane beside it appears, or it scrolls."""
        self.screen.screen_layout_refresh_signal.subscribe(self, lambda _: self._follow())

    @property
    def is_open(self) -> bool:
        """It is on screen."""
        return bool(self.display)

    @property
    def current(self) -> Candidate:
        """The word that would be taken."""
        return self.candidates[self.index]

    def open(
        self,
        candidates: Sequence[Candidate],
        cursor: Callable[[], Offset],
        tell: Callable[[Candidate], str],
        *,
        chosen: bool,
    ) -> None:
        """Show these words below the cursor, or above it where there is more room.

        Args:
            candidates: the words.
            cursor: tells where the cursor is on screen.
            tell: says what a word does.
            chosen: the person asked for them.
        """
        self.candidates, self.index, self.chosen = candidates, 0, chosen
        self._palette, self._cursor, self._tell = from_theme(self.app.theme_variables), cursor, tell
        self.styles.width = min(WIDTH, self.app.size.width)
        self.display = True
        self._place()

    def _follow(self) -> None:
        if self.is_open and self._cursor() != self._at:
            self._place()

    def _place(self) -> None:
        """Beside the line of the cursor, never over it."""
        self._at = at = self._cursor()
        wanted, above, below = min(len(self.candidates), ROWS) + 1, at.y, self.app.size.height - at.y - 1
        is_below = wanted <= below or below >= above
        height = min(wanted, below if is_below else above)
        self.styles.height = height
        self.absolute_offset = Offset(at.x, at.y + 1 if is_below else at.y - height)
        self.refresh(layout=True)

    def close(self) -> None:
        """Away with it."""
        self.display = False
        self.candidates = ()

    def move(self, rows: int) -> None:
        """To another word, around the ends."""
        self.index = (self.index + rows) % len(self.candidates)
        self.chosen = True
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A word with its signature; below all, what the current one does."""
        width, palette = self.size.width, self._palette
        if palette is None or not self.candidates:
            return Strip.blank(width)
        ground = self.rich_style
        if y == self.size.height - 1:
            return strip([(fit(" " + clean(self._tell(self.current)), width), palette.dim)], width).apply_style(ground)
        top = max(0, self.index - (self.size.height - 2))
        if top + y >= len(self.candidates):
            return Strip.blank(width, ground)
        one = self.candidates[top + y]
        style = palette.cursor if top + y == self.index else palette.text
        pieces = [(fit(f" {clean(one.name)}", 22), style), (fit(f" {clean(one.signature)}", width - 34), palette.dim)]
        made = strip([*pieces, (fit(one.kind, 11, ">"), palette.dim)], width)
        return made.apply_style(ground)
