# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's serial console as a panel that can be typed into."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from vptop.model.session import Moment
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render.columns import highlighted
from vptop.ui.render.fit import strip
from vptop.ui.widgets.lines import LIST, LinePanel

CONSOLE = Scope("Guest console", (Action("console.type", "i", "type", "type to the guest", "Type"),))
TYPING = Scope(
    "While typing to the guest",
    (Action("typing.leave", "ctrl+right_square_bracket", "leave", "stop typing to the guest", "Done"),),
    exclusive=True,
)
_KEYS = {
    "enter": "\r",
    "backspace": "\x7f",
    "tab": "\t",
    "escape": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "delete": "\x1b[3~",
}
"""What a terminal of the VT100 family sends for keys that are no characters (ECMA-48, xterm control sequences)."""


class ConsolePanel(LinePanel[str]):
    """The guest's serial console: the end of what it wrote; `i` types to it, Ctrl+] ends that."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CONSOLE)]
    SCOPES = (LIST, CONSOLE)
    empty = "the guest has written nothing yet"

    class Typed(Message):
        """Characters for the guest."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("Guest console", digit=9, id=id)
        self.typing = False

    def scopes(self) -> tuple[Scope, ...]:
        """While typing, nothing else is valid."""
        return (TYPING,) if self.typing else self.SCOPES

    def collect(self, moment: Moment) -> Sequence[str]:
        """All lines."""
        lines = moment.session.console.lines
        return lines if any(lines) else ()

    def update_rows(self) -> None:
        """A console shows its end, unless the person looks further up."""
        at_end = self.cursor >= len(self.rows) - 1
        super().update_rows()
        if at_end or self.typing:
            self.cursor = max(0, len(self.rows) - 1)
            self._held = None
            self.reveal()

    def on_resize(self) -> None:
        """Keep the end in sight."""
        self.update_rows()

    def draw(self, row: str, index: int, width: int, *, cursor: bool) -> Strip:
        """The line; while typing, a block stands at its end."""
        if self.typing and index == len(self.rows) - 1:
            return strip([(row, self.palette.text), (" ", self.palette.chip)], width)
        made = strip([(row, self.palette.text)], width)
        return highlighted(made, self.palette) if cursor and not self.typing else made

    def key(self, row: str) -> Hashable:
        """Lines are not followed."""
        return None

    def title_text(self) -> str:
        """Whether keys go to the guest."""
        return f"{self.heading} ‹typing›" if self.typing else self.heading

    def status(self) -> str:
        """How to begin or end typing."""
        return "keys go to the guest · Ctrl+] ends" if self.typing else "i types to the guest"

    # --- typing ---

    def action_type(self) -> None:
        """From now on, keys go to the guest."""
        self.typing = True
        self.update_rows()

    def action_leave(self) -> None:
        """Keys are ours again."""
        self.typing = False
        self.update_rows()

    def on_blur(self) -> None:
        """Whoever leaves the panel has stopped typing."""
        self.action_leave()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While typing, characters are the guest's, whatever they are bound to."""
        return self.typing and (character is not None or key in _KEYS)

    async def on_key(self, event: events.Key) -> None:
        """Send it."""
        if not self.typing:
            return
        event.stop()
        event.prevent_default()
        if event.key == "ctrl+right_square_bracket":
            self.action_leave()
        elif text := _KEYS.get(event.key) or event.character:
            self.post_message(self.Typed(text))

    def on_paste(self, event: events.Paste) -> None:
        """Send what is pasted."""
        if self.typing:
            event.stop()
            self.post_message(self.Typed(event.text.replace("\n", "\r")))
