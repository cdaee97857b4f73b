# SPDX-License-Identifier: GPL-2.0-or-later
"""Fields to type into whose keys take effect in the order in which they were pressed."""

from __future__ import annotations

from textual import events
from textual.widget import Widget
from textual.widgets import Input


async def run_at_once(widget: Widget, event: events.Key) -> None:
    """Do what a key is bound to now, not when it has come up to the app.

    Textual inserts a letter where it arrives, but looks for the binding of another key only after the event has been
    handed from parent to parent. Where keys come faster than that, as on a slow host or when a terminal pastes,
    Backspace would take effect after the letters typed behind it.
    """
    found = widget.screen.active_bindings.get(event.key)
    if found is not None and found.enabled and await widget.app.run_action(found.binding.action, found.node):
        event.stop()


class LineInput(Input):
    """One line to type into."""

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Terminals send Alt with a character as a key that has this character; it is a command all the same."""
        return not key.startswith("alt+") and super().check_consume_key(key, character)

    async def _on_key(self, event: events.Key) -> None:
        if event.key.startswith("alt+"):
            event.prevent_default()
        if event.key.startswith("alt+") or not event.is_printable:
            await run_at_once(self, event)
