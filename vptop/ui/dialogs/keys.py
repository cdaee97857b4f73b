# SPDX-License-Identifier: GPL-2.0-or-later
"""The keys of what is open above the dashboard, for the last line of the screen."""

from __future__ import annotations

from textual.content import Content
from textual.screen import Screen

USUAL = "Esc closes"
"""Keys of a screen that does not say them in its frame."""


def keys_of_dialog(screen: Screen[object]) -> str:
    """The keys that a dialog has written into the lower edge of its frame."""
    told = (box.border_subtitle for box in screen.query(".dialog"))
    texts = (text.plain if isinstance(text, Content) else text for text in told)
    return next((text for text in texts if text), USUAL)
