# SPDX-License-Identifier: GPL-2.0-or-later
"""The line below the text: what is wrong in the cursor's line, in whole, or else what the word at the cursor means."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from engine.vm.protocol import Place
from engine.vp.editing.names import Candidate
from vptop.model.plain import clean
from vptop.ui.actions import key_of
from vptop.ui.editor.actions import EDITOR
from vptop.ui.editor.marks import GLYPHS


def remedies(place: Place, fix_key: str) -> list[str]:
    """What would be right in the place of what is wrong, the most useful first: the fix, near names, what is expected.

    Args:
        place: a diagnostic.
        fix_key: the key that applies a fix.
    """
    fix = f"{place.fix.title} ({fix_key})" if place.fix else ""
    near = f"did you mean {', '.join(place.suggestions)}?" if place.suggestions and not place.fix else ""
    expected = f"expected {place.expected}" if place.expected else ""
    return [text for text in (fix, near, expected) if text]


class WordLine(Static):
    """Says something of the cursor's place; as high as what is wrong there needs."""

    def __init__(self) -> None:
        super().__init__("", id="editor-word", markup=False)

    def show_place(self, place: Place) -> None:
        """This is wrong in the cursor's line; where there is room for little, only the best remedy is named."""
        key = key_of(self.app, "edit.fix", EDITOR.actions)
        more = [*remedies(place, key), *place.notes]
        shown = more[: 1 if self.screen.has_class("-little") else len(more)]
        words = "; ".join([place.message, *sorted(shown, key=lambda text: text.endswith("?"))])  # a question ends it
        self._show(
            f"{GLYPHS[place.severity]} ", words, "$vptop-error" if place.severity == "error" else "$vptop-warning"
        )

    def show_failure(self, text: str) -> None:
        """The line that runs failed."""
        self._show(f"{GLYPHS['error']} ", text, "$vptop-error")

    def show_word(self, word: Candidate | None) -> None:
        """The word at the cursor; None: there is none, or it is unknown."""
        self.remove_class("-wrong")
        text = clean(f"{word.signature} \u2013 {word.doc}") if word else ""
        self.update(Content(text), layout=False)  # one line, whatever it says

    def _show(self, glyph: str, text: str, style: str) -> None:
        self.add_class("-wrong")
        self.update(Content.assemble((glyph, style), clean(text)))
