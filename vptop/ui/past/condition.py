# SPDX-License-Identifier: GPL-2.0-or-later
"""A field for a VP condition, with highlighting, completion and diagnostics."""

from __future__ import annotations

from textual import on, work
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea

from engine.probes.languages import compile_script
from engine.vm.diagnostics import places_of
from engine.vm.past import conditions
from engine.vm.protocol import Place
from engine.vp import Prelude
from engine.vp.editing.names import Candidate
from vptop.ui.editor.area import VpArea
from vptop.ui.editor.completing import Completer
from vptop.ui.editor.completion import CompletionList
from vptop.ui.editor.marks import by_line

PAUSE = 0.15
"""Seconds without typing after which the condition is checked."""


def faults(condition: str, at: str, prelude: Prelude | None = None) -> tuple[Place, ...]:
    """The diagnostics of a condition, at their places in it or in the probe point.

    Args:
        condition: the condition.
        at: the probe point at which it is evaluated; empty: the usual one.
        prelude: functions and symbols of the guest.
    """
    if found := conditions.malformed(condition):
        return places_of(found)
    script = conditions.script_of(condition, at)
    found = compile_script(script, conditions.NAME, prelude=prelude).diagnostics
    return places_of(conditions.placed_in_condition(found, condition, at))


class ConditionArea(VpArea):
    """A condition. Enter submits it, once its completion is closed.

    Args:
        text: what stands there at first.
        prelude: functions and symbols of the guest.
    """

    class Submitted(Message):
        """The person wants it evaluated."""

    class Checked(Message):
        """These diagnostics belong to the text as it stands."""

        def __init__(self, places: tuple[Place, ...]) -> None:
            super().__init__()
            self.places = places

    def __init__(self, text: str, prelude: Prelude | None) -> None:
        super().__init__()
        self.show_line_numbers = False
        self.tab_behavior = "focus"
        self.text = text
        self.at = ""
        """the probe point at which it is evaluated"""
        self._prelude = prelude
        self._timer: Timer | None = None
        self._completer: Completer | None = None
        self._places: tuple[Place, ...] = ()
        self._places_of = "", ""
        """the text and probe point that these are diagnostics of"""
        self.intercept = self._key

    def complete_with(self, popup: CompletionList) -> None:
        """Offer words in this list."""
        self._completer = Completer(self, popup)
        self._completer.prelude = self._prelude

    def candidates(self, prelude: Prelude | None) -> list[Candidate]:
        """The words that may stand at the cursor of a condition."""
        row, column = self.cursor_location
        found = conditions.candidates(self.text, row + 1, column + 1, prelude)
        return [one for one in found if not one.name.startswith("~")]

    def offer(self) -> None:
        """Offer the words that fit here."""
        if self._completer is not None:
            self._completer.offer(asked=True)

    def fix(self) -> bool:
        """Do what the first diagnostic that has a fix proposes; False when there is none."""
        if self._places_of != (self.text, self.at):  # it was changed since it was checked
            self._show(self.text, self.at, faults(self.text, self.at, self._prelude))
        fix = next((place.fix for place in self._places if place.fix is not None and place.file != conditions.AT), None)
        if fix is not None:
            self.replace(fix.text, (fix.line - 1, fix.column - 1), (fix.end_line - 1, fix.end_column - 1))
        return fix is not None

    def _key(self, key: str) -> bool:
        if self._completer is not None and self._completer.key(key):
            return True
        if key == "enter":
            self.post_message(self.Submitted())
        return key == "enter"

    @on(TextArea.SelectionChanged)
    def _moved(self) -> None:
        if self._completer is not None:
            self._completer.moved()

    @on(TextArea.Changed)
    def text_changed(self) -> None:
        """Colour it, offer words, and check it once typing pauses."""
        self.read_words()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PAUSE, self.check_text)
        if self._completer is not None:
            self._completer.offer(asked=False)

    @work(thread=True, exclusive=True, group="condition", exit_on_error=False)
    def check_text(self) -> None:
        """Say what is wrong; nothing is wrong with no text."""
        text, at = self.text, self.at
        places = faults(text, at, self._prelude) if text.strip() else ()
        self.app.call_from_thread(self._show, text, at, places)

    def _show(self, text: str, at: str, places: tuple[Place, ...]) -> None:
        if (text, at) == (self.text, self.at) and self.is_attached:
            self._places_of = text, at
            self.show_places(places)

    def show_places(self, places: tuple[Place, ...]) -> None:
        """Mark these diagnostics."""
        self._places = places
        self.marks.wrong = by_line([place for place in places if place.file != conditions.AT])
        self.redraw()
        self.post_message(self.Checked(places))
