# SPDX-License-Identifier: GPL-2.0-or-later
"""Words of lines that are shown before the text is read as far as there: it was opened, or much was pasted."""

from __future__ import annotations

from collections.abc import Sequence

from engine.vp.editing.scanning import Scanner
from engine.vp.editing.token_list import TokenList
from vptop.ui.editor.marks import Stretch, stretches

LINES = 16
"""Lines that are read together."""
MOST = 2000
"""Characters of these."""


class Glimpse:
    """Reads pieces of a text as if each were the beginning, which most are as good as."""

    def __init__(self) -> None:
        self._pieces: dict[int, TokenList] = {}

    def forget(self) -> None:
        """The text has changed, or it is read."""
        self._pieces.clear()

    def words(self, lines: Sequence[str], index: int, scanner: Scanner) -> list[Stretch]:
        """The words of a line; of one far behind in lines that are very long, none.

        Args:
            lines: of the text.
            index: of the line.
            scanner: of the language.
        """
        piece, line = divmod(index, LINES)
        if piece not in self._pieces:
            text = "\n".join(lines[piece * LINES : (piece + 1) * LINES])
            self._pieces[piece] = scanner.afresh(text[:MOST])
        return stretches(self._pieces[piece], line)
