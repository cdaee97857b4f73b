# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person can do in the editor."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import BindingType

from engine.errors import InputError
from engine.vm.protocol import Place, Reply
from engine.vp.editing.names import Names
from vptop.ui.actions import bindings
from vptop.ui.editor import external
from vptop.ui.editor.actions import EDITOR
from vptop.ui.editor.drafting import DraftPane
from vptop.ui.editor.messages import (
    ApplySinceRequested,
    LeaveRequested,
    LiveRowsRequested,
    NewRequested,
    PickRequested,
    ReloadRequested,
    SaveRequested,
    StepRequested,
    Trouble,
)
from vptop.ui.editor.problems import ProblemPanel
from vptop.ui.editor.search import FindBar
from vptop.ui.editor.versions import DiffScreen, Version, VersionPanel, changed_lines
from vptop.ui.render.numbers import counted


class EditorPane(DraftPane):
    """The actions of the editor over its text."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(EDITOR)]

    def on_mount(self) -> None:
        """Keys come here before the text takes them."""
        self.area.intercept = self._key

    def show_result(self, name: str, reply: Reply) -> None:
        """What the machine said to the text that was applied."""
        draft = self._drafts.get(name)
        if draft is None or draft.sent is None:
            return
        sent, draft.sent = draft.sent, None
        added, removed = changed_lines(draft.running, sent)
        if reply.ok:
            draft.running, draft.generation = sent, reply.generation or draft.generation + 1
            self._running_rates, self._failed = {}, {}
        errors = sum(place.severity == "error" for place in reply.diagnostics)
        told = reply.message if reply.ok or not errors else counted(errors, "error")
        version = Version(draft.generation if reply.ok else 0, sent, told, self._seconds, added, removed)
        draft.versions.append(version)
        if draft is not self._draft:
            return
        self.query_one(VersionPanel).set_versions(draft.versions)
        self.show_lists()
        if sent == self.area.text:
            self._show_places(sent, reply.diagnostics)
        self._compare()

    @on(ProblemPanel.Chosen)
    def _problem_chosen(self, event: ProblemPanel.Chosen) -> None:
        self.goto(event.place.line, event.place.column)

    def action_problem(self, step: int) -> None:
        """To the next or previous place that is wrong."""
        places = sorted(self.query_one(ProblemPanel).places, key=lambda place: (place.line, place.column))
        row, column = self.area.cursor_location
        here = (row + 1, column + 1)
        later = [place for place in places if (place.line, place.column) > here]
        earlier = [place for place in places if (place.line, place.column) < here]
        ordered = [*later, *places] if step > 0 else [*reversed(earlier), *reversed(places)]
        if ordered:
            self.goto(ordered[0].line, ordered[0].column)

    def _show_places(self, source: str, places: tuple[Place, ...]) -> None:
        super()._show_places(source, places)
        if self._fix_waits and source == self.area.text:
            self.action_fix()

    def action_fix(self) -> None:
        """Do what the diagnostic in this line, or the first that can be mended, proposes.

        After a change, that of the check that is to come: places of the text before are no longer right.
        """
        self._fix_waits = self.places_of != self.area.text
        if self._fix_waits:
            return
        places = [place for place in self.query_one(ProblemPanel).places if place.fix]
        row = self.area.cursor_location[0] + 1
        chosen = next((place for place in places if place.line == row), next(iter(places), None))
        if chosen is None or chosen.fix is None:
            self.post_message(Trouble("no problem of this text has a fix"))
            return
        fix = chosen.fix
        self.area.replace(fix.text, (fix.line - 1, fix.column - 1), (fix.end_line - 1, fix.end_column - 1))

    # --- actions ---

    def action_save(self) -> None:
        """Write the text to its file."""
        self.post_message(SaveRequested(self._draft.name, self.area.text))

    def action_apply_since(self) -> None:
        """Apply, and ask what the script would have found; while that is being asked, cancel it."""
        self.post_message(ApplySinceRequested(self._draft.name, self.area.text))

    def action_auto_apply(self) -> None:
        """Apply every text without errors once typing pauses, or stop doing so."""
        self._auto = not self._auto
        self._show_title()
        if self._auto:
            self._check_text()

    def action_reload(self) -> None:
        """Discard the draft; undo brings it back."""
        self.post_message(ReloadRequested())

    def action_revert(self) -> None:
        """Run the version before the one that runs."""
        ran = [version for version in self._draft.versions if version.generation]
        before = [version for version in ran if version.source != self._draft.running]
        if not before:
            self.post_message(Trouble(f"no other version of {self._draft.name} has run"))
            return
        self._set_text(before[-1].source)
        self.action_apply()

    @on(VersionPanel.Chosen)
    def _version_chosen(self, event: VersionPanel.Chosen) -> None:
        def answer(take: bool | None) -> None:
            if take:
                self._set_text(event.version.source)
            self.screen.set_focus(self.area)

        self.app.push_screen(DiffScreen(event.version, self.area.text), answer)

    def action_comment(self) -> None:
        """Make comments of lines, or lines of comments."""
        self.area.toggle_comment()

    def _take_names(self, source: str, names: Names) -> None:
        super()._take_names(source, names)
        if self._definition_waits and source == self.area.text:
            self.action_definition()

    def action_definition(self) -> None:
        """To where the word under the cursor is defined; after a change, once the names have been read again."""
        self._definition_waits = self.names_of != self.area.text
        if self._definition_waits:
            return
        row, column = self.area.cursor_location
        found = self.area.script_language.meaning(self.area.text, row + 1, column + 1, None, self.area.names)
        if found is None or found.place is None:
            self.post_message(Trouble("the word at the cursor is not defined in this script"))
        else:
            self.goto(*found.place)

    def action_pick_script(self) -> None:
        """Another script."""
        self.post_message(PickRequested())

    def action_widen(self) -> None:
        """Select what encloses the selection."""
        if not self.area.widen():
            self.app.bell()

    def action_narrow(self) -> None:
        """The selection before it was widened."""
        if not self.area.narrow():
            self.app.bell()

    def action_reindent(self) -> None:
        """Indent a form by its brackets."""
        self.area.reindent()

    def action_external(self) -> None:
        """Edit the text in the person's own editor."""
        row = self.area.cursor_location[0] + 1
        try:
            text = external.edit(self._draft.name, self.area.text, row, self.app.suspend, external.command())
        except InputError as error:
            self.post_message(Trouble(str(error)))
        except SuspendNotSupported:
            self.post_message(Trouble("another editor needs a terminal of its own, which this session has not"))
        else:
            if text != self.area.text:
                self._set_text(text)

    def action_live_rows(self) -> None:
        """Show or hide the rows of an aggregate beside the text."""
        self.post_message(LiveRowsRequested())

    def action_new_script(self) -> None:
        """Begin a script."""
        self.post_message(NewRequested())

    def action_script(self, step: int) -> None:
        """The next or previous script."""
        self.post_message(StepRequested(step))

    def action_complete(self) -> None:
        """Offer the words that fit here."""
        self._completer.offer(asked=True)

    # --- find and replace ---

    def action_find(self) -> None:
        """Open the line for find and replace."""
        self.query_one("#editor-text").add_class("-finding")
        self._finder.open()

    @on(FindBar.Changed)
    def _pattern_changed(self) -> None:
        self._finder.refresh()

    @on(FindBar.Step)
    def _find_step(self, event: FindBar.Step) -> None:
        self._finder.step(event.step)

    @on(FindBar.Replace)
    def _find_replace(self, event: FindBar.Replace) -> None:
        self._finder.replace(every=event.every)

    @on(FindBar.Undo)
    def _find_undo(self) -> None:
        self.area.undo()

    @on(FindBar.Closed)
    def _find_closed(self) -> None:
        self.query_one("#editor-text").remove_class("-finding")
        self._finder.refresh()
        self.screen.set_focus(self.area)

    def action_leave(self) -> None:
        """Back to the view before."""
        self.post_message(LeaveRequested())

    # --- keys ---

    def _key(self, key: str) -> bool:
        """Keys that the text does not get; True when taken."""
        if self._completer.key(key):
            return True
        if key == "enter":
            self.area.new_line()
        elif key == "tab" and self.area.selection.start[0] != self.area.selection.end[0]:
            self.area.reindent()
        elif key in ("ctrl+home", "ctrl+end"):
            self.area.move_cursor((0, 0) if key == "ctrl+home" else self.area.document.end)
        elif key == "escape":
            self.action_leave()
        else:
            return False
        return True
