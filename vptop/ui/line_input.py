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


async def in_order(widget: Widget, event: events.Key) -> None:
    """Do what a key is bound to at once; hand it on where an earlier key has moved the focus or opened a dialog.

    Keys that come together, as from a fast typist on a slow line, wait at the widget that had the focus.
    """
    if widget.app.screen is widget.screen and widget.screen.focused is widget:
        await run_at_once(widget, event)
        return
    event.stop()
    event.prevent_default()
    _hand_on(widget, events.Key(event.key, event.character))


def _hand_on(widget: Widget, key: events.Key) -> None:
    screen = widget.app.screen
    if screen.focused is not None and screen.focused is not widget:
        screen.focused._forward_event(key)  # noqa: SLF001 - posting it would bring it to the app as a new one
    elif screen is not widget.screen and not screen.is_mounted:
        screen.call_after_refresh(_hand_on, widget, key)


class LineInput(Input):
    """One line to type into."""

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Terminals send Alt with a character as a key that has this character; it is a command all the same."""
        return not key.startswith("alt+") and super().check_consume_key(key, character)

    async def _on_key(self, event: events.Key) -> None:
        if event.key.startswith("alt+"):
            event.prevent_default()
        if event.key.startswith("alt+") or not event.is_printable or self.screen.focused is not self:
            await in_order(self, event)


class FilterInput(LineInput):
    """The entry of a filter. Enter takes effect before the keys behind it, which are for the panel."""

    async def action_submit(self) -> None:
        """Keep the filter."""
        await self.run_action("app.keep_filter")
