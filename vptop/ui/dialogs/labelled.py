# SPDX-License-Identifier: GPL-2.0-or-later
"""A list whose entries have a label and a text beside it."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

LEAST = 12
"""Cells of a text, however narrow the list is."""
BESIDE, BELOW = 22, 4
"""A text stands beside its label where there is so much room, else below it, so far to the right."""
PADDING = 2
"""Cells of an entry beside its text."""


class Labelled(NamedTuple):
    """An entry of the list; one without a text is a heading."""

    label: str
    """with the blanks behind it"""
    text: str = ""
    style: str = ""
    """of the label"""
    text_style: str = ""


def hanging(text: str, indent: int, width: int) -> str:
    """A text in lines of a width, all but the first of which are indented; the first one is for behind a label."""
    return f"\n{' ' * indent}".join(wrap(text, max(LEAST, width - indent)))


def placed(text: str, indent: int, width: int) -> str:
    """The same; in a narrow list the text begins below its label."""
    if text and indent > BELOW and width - indent < BESIDE:
        return f"\n{' ' * BELOW}{hanging(text, BELOW, width)}"
    return hanging(text, indent, width)


class LabelledList(OptionList):
    """Texts that are longer than a line go on below their first word."""

    _wrapped_at = 0
    """cells across that the lines are broken for"""

    def __init__(self, entries: Sequence[Labelled] = ()) -> None:
        self._entries = entries
        super().__init__(*self._made(0))

    def show(self, entries: Sequence[Labelled], highlighted: int | None) -> None:
        """Show these entries instead."""
        self._entries = entries
        self.set_options(self._made(self.scrollable_content_region.width))
        self.highlighted = highlighted

    def _made(self, width: int) -> list[Option]:
        return [
            Option(
                Content.assemble(
                    (entry.label, entry.style),
                    (placed(entry.text, len(entry.label), width - PADDING if width else 1000), entry.text_style),
                ),
                disabled=not entry.text,
            )
            for entry in self._entries
        ]

    def on_resize(self, event: events.Resize) -> None:
        """Break the texts where this width wants it."""
        if event.size.width != self._wrapped_at:
            self._wrapped_at = event.size.width
            self.show(self._entries, self.highlighted)
