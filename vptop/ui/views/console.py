# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's serial console as a panel that can be typed into: a terminal and what scrolled off it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from engine.vm.options import TypingDevice
from engine.vm.typist import NAMED, literal
from vptop.model.console import Console, Row
from vptop.model.moment import Moment
from vptop.ui.actions import Action, Scope, bindings, key_of
from vptop.ui.render.columns import highlighted
from vptop.ui.render.terminal import line
from vptop.ui.widgets.lines import LIST, LinePanel

CONSOLE = Scope(
    "Guest console",
    (
        Action("console.type", "i", "type", "type to the guest", "Type"),
        Action("console.device", "K", "device", "type where the guest listens, at its keyboard or its serial console"),
        Action("console.restart_keys", "D", "ctrl_alt_del", "press Ctrl+Alt+Del in the guest"),
    ),
)
TYPING = Scope(
    "While typing to the guest",
    (Action("typing.leave", "ctrl+right_square_bracket", "leave", "stop typing to the guest", "Done"),),
    exclusive=True,
)
DEVICES: tuple[TypingDevice, ...] = ("auto", "keyboard", "serial")
SHOWN = {"auto": "where the guest listens", "keyboard": "keyboard", "serial": "serial console"}
_NAMES = {"escape": "esc", "delete": "del", "insert": "ins", "pageup": "pgup", "pagedown": "pgdn"}
"""Keys that Textual calls otherwise than engine.vm.typist."""
_MODIFIERS = {"ctrl": "c-", "alt": "a-", "shift": "s-"}
CTRL_ALT_DEL = "<c-a-del>"


def written(key: str, character: str | None) -> str:
    """A key as it is sent to the guest: a character, or a name in angle brackets; nothing: it has none.

    Args:
        key: its name in Textual, such as `ctrl+alt+delete`.
        character: what it types, if it does.
    """
    *held, name = key.split("+")
    prefix = "".join(_MODIFIERS.get(modifier, "") for modifier in held)
    name = _NAMES.get(name, name)
    if name in NAMED and name != "space":
        return f"<{prefix}{name}>"
    if character is not None and character.isprintable():
        return literal(character) if "a-" not in prefix else f"<a-{character.replace('<', 'lt')}>"
    if character is not None and ord(character) < 32:
        return f"<{prefix if 'c-' in prefix else 'c-'}{chr(ord(character) | 0x40).lower()}>"
    return f"<{prefix}{name}>" if len(name) == 1 and prefix else ""


class ConsolePanel(LinePanel[Row]):
    """The guest's serial console: the end of what it wrote; `i` types to the guest, Ctrl+] ends that."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CONSOLE)]
    SCOPES = (LIST, CONSOLE)
    empty = "the guest has written nothing yet"

    class Typed(Message):
        """Keys for the guest, as engine.vm.typist writes them, and where they are typed."""

        def __init__(self, text: str, to: TypingDevice) -> None:
            super().__init__()
            self.text = text
            self.to = to

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("Guest console", digit=9, id=id)
        self.typing = False
        self.device: TypingDevice = "auto"
        self._at = (0, 0)
        """row and column of the guest's cursor"""
        self._then: tuple[int, Console] | None = None
        """the console of a Frame that is not the newest, and that Frame's sequence number"""

    def scopes(self) -> tuple[Scope, ...]:
        """While typing, nothing else is valid; where nobody reads what is typed, typing is not."""
        if self.typing:
            return (TYPING,)
        return (LIST,) if self._refusal else self.SCOPES

    def collect(self, moment: Moment) -> Sequence[Row]:
        """All lines."""
        rows = self._console_of(moment).rows
        return rows if any(row.pieces for row in rows) else ()

    def _console_of(self, moment: Moment) -> Console:
        """As the Frame shown left it; now, with the newest one and while keys go to the guest."""
        session = moment.session
        if self.typing or moment.sequence >= session.timeline.ring.end - 1:
            return session.console
        if self._then is None or self._then[0] != moment.sequence:
            self._then = moment.sequence, session.console_of(moment.sequence)
        return self._then[1]

    def update_rows(self) -> None:
        """A console shows its screen and the guest's cursor, unless the person looks further up."""
        follows = self.typing or self.cursor >= self._at[0]
        self._at = self._console_of(self.moment).cursor if self.moment else (0, 0)
        super().update_rows()
        if follows and self.rows:
            self._held = None
            for row in (len(self.rows) - 1, self._at[0]):  # the end, and what of it has the cursor
                self.cursor = row
                self.reveal()
            self.redraw()

    def action_page(self, pages: int) -> None:
        """Scroll by what is seen at once: a text is read by pages, not by lines under a cursor."""
        height = max(1, self.scrollable_content_region.height)
        top = self.scroll_offset.y + pages * height
        self._move_to(top if pages < 0 else top + height - 1)

    def on_resize(self) -> None:
        """Keep the end in sight."""
        self.update_rows()

    def draw(self, row: Row, index: int, width: int, *, cursor: bool) -> Strip:
        """The line; while typing, with the guest's cursor."""
        at, column = self._at
        made = line(row, width, self.palette, column if self.typing and index == at else None)
        return highlighted(made, self.palette) if cursor and not self.typing else made

    def text_of(self, row: Row, width: int) -> str:
        """A row as text."""
        return row.text

    def key(self, row: Row) -> Hashable:
        """Lines are not followed."""
        return None

    def title_text(self) -> str:
        """Whether keys go to the guest."""
        return f"{self.heading} ‹typing›" if self.typing else self.heading

    def status(self) -> str:
        """How to begin or end typing."""
        to = "" if self.device == "auto" else f" at its {SHOWN[self.device]}"
        if self._refusal:
            return ""
        if self.typing:
            return f"keys go to the guest{to} · {key_of(self.app, 'typing.leave', TYPING.actions)} ends"
        return f"{self.key_of('console.type')} types to the guest{to}"

    @property
    def _refusal(self) -> str:
        """Why nothing can be typed; empty: it can."""
        session = self.moment.session if self.moment else None
        if session is not None and session.is_replay:
            return "a capture is shown; it cannot be changed"
        return "the machine has ended" if session is not None and session.ended else ""

    # --- typing ---

    def action_type(self) -> None:
        """From now on, keys go to the guest, where there is one."""
        if self._refusal:
            self.post_message(self.Said(f"cannot type to the guest: {self._refusal}", "bad"))
            return
        self.typing = True
        self.update_rows()

    def action_device(self) -> None:
        """Type elsewhere."""
        self.device = DEVICES[(DEVICES.index(self.device) + 1) % len(DEVICES)]
        self.update_rows()

    def action_ctrl_alt_del(self) -> None:
        """The keys that no terminal passes on."""
        self.post_message(self.Typed(CTRL_ALT_DEL, self.device))

    def action_leave(self) -> None:
        """Keys are ours again."""
        self.typing = False
        self.update_rows()

    def on_blur(self) -> None:
        """Whoever leaves the panel has stopped typing."""
        self.action_leave()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While typing, characters are the guest's, whatever they are bound to."""
        return self.typing and bool(written(key, character))

    async def on_key(self, event: events.Key) -> None:
        """Send it."""
        if not self.typing:
            return
        event.stop()
        event.prevent_default()
        if event.key == "ctrl+right_square_bracket":
            self.action_leave()
        elif text := written(event.key, event.character):
            self.post_message(self.Typed(text, self.device))

    def on_paste(self, event: events.Paste) -> None:
        """Send what is pasted."""
        if self.typing:
            event.stop()
            self.post_message(self.Typed(literal(event.text), self.device))
