# SPDX-License-Identifier: GPL-2.0-or-later
"""Offers the words that fit at the cursor and puts in the one that is taken."""

from __future__ import annotations

from engine.vp import Prelude
from engine.vp.editing.names import Candidate
from vptop.ui.editor.area import VpArea
from vptop.ui.editor.completion import CompletionList

TYPED = 2
"""Letters after which fitting words are offered unasked."""


class Completer:
    """Connects a text with the list of words over it."""

    def __init__(self, area: VpArea, popup: CompletionList) -> None:
        self._area = area
        self._popup = popup
        self._unasked = True
        self._word: tuple[int, int] | None = None
        """row and column at which the word begins that the list is for"""
        self.prelude: Prelude | None = None
        """functions and symbols of the guest"""

    def offer(self, *, asked: bool) -> None:
        """Open the list when words fit.

        Args:
            asked: the person asked for it; unasked it opens behind `->` and TYPED letters of a word, and stays for it.
        """
        area = self._area
        typed = area.has_focus and (area.typed or self._popup.is_open)
        least = 0 if area.is_behind_arrow else 1 if self._popup.is_open else TYPED
        wanted = asked or (typed and self._unasked and len(area.word_before()) >= least)
        self._unasked = True
        found = area.candidates(self.prelude) if wanted else []
        if found:
            self._word = self._begin()
            self._popup.open(found, lambda: area.cursor_screen_offset, self._told, chosen=asked)
        else:
            self._popup.close()

    def _told(self, word: Candidate) -> str:
        """What a word does; of a symbol, where it is."""
        address = self.prelude.addresses.get(word.symbol) if self.prelude is not None and word.symbol else None
        return word.doc if address is None else f"{word.doc} At {address:#x}."

    def moved(self) -> None:
        """The cursor is somewhere else: no word, or another one, no list."""
        is_at_word = bool(self._area.word_before()) or self._area.is_behind_arrow
        if self._popup.is_open and (not is_at_word or self._begin() != self._word):
            self._popup.close()

    def _begin(self) -> tuple[int, int]:
        row, column = self._area.cursor_location
        return row, column - len(self._area.word_before())

    def key(self, key: str) -> bool:
        """Handle a key while the list is open; True when it was for the list."""
        popup = self._popup
        if not popup.is_open:
            return False
        if key in ("up", "down"):
            popup.move(1 if key == "down" else -1)
        elif key == "tab" or (key == "enter" and popup.chosen):
            self._take()
        elif key == "escape":
            popup.close()
        elif key == "enter":
            popup.close()
            self._area.new_line()
        else:
            return False
        return True

    def _take(self) -> None:
        name = self._popup.current.name
        self._unasked = False
        self._popup.close()
        self._area.complete(name)
