# SPDX-License-Identifier: GPL-2.0-or-later
"""The editor: the text, what is wrong with it, its versions; applying it to the running machine, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static, TextArea

from engine.probes.frame import Frame, ScriptState
from engine.probes.languages import language_of
from engine.vm.protocol import Place, Reply
from engine.vp import Prelude
from engine.vp.editing.completion import Candidate
from vptop.model.plain import clean
from vptop.model.session import Moment
from vptop.ui.actions import bindings
from vptop.ui.editor.actions import EDITOR
from vptop.ui.editor.area import VpArea
from vptop.ui.editor.completion import CompletionList
from vptop.ui.editor.draft import Draft, rates
from vptop.ui.editor.lists import ProblemPanel, Version, VersionPanel
from vptop.ui.editor.marks import by_line

Check = Callable[[str, str], tuple[Place, ...]]
PAUSE = 0.15
"""Seconds without typing after which the text is checked."""
TYPED = 2
"""Letters after which fitting words are offered unasked."""


class EditorPane(Container):
    """Edits one script at a time and keeps what was typed into the others."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(EDITOR)]

    class Request(Message):
        """Something is to be done with a text."""

        def __init__(self, name: str, source: str) -> None:
            super().__init__()
            self.name = name
            self.source = source

    class ApplyRequested(Request):
        """Load this text in the place of the script of that name."""

    class SaveRequested(Request):
        """Write this text to the script's file."""

    class PickRequested(Message):
        """The person wants another script."""

    class LeaveRequested(Message):
        """The person wants back to where they came from."""

    def __init__(self) -> None:
        super().__init__()
        self.check: Check = lambda _name, _source: ()
        """gives the diagnostics of a text; called from a thread"""
        self._drafts: dict[str, Draft] = {}
        self._draft = Draft("", "", "")
        self._timer: Timer | None = None
        self._running_rates: dict[int, str] = {}
        self._same: dict[int, int] = {}
        self._completing = True

    def compose(self) -> ComposeResult:
        """The text; below it, or on wide screens beside it, the lists that have something to say."""
        with Vertical(id="editor-text"):
            yield VpArea()
            yield Static("", id="editor-word", markup=False)
        with Horizontal(id="editor-lists", classes="-empty"):
            yield ProblemPanel()
            yield VersionPanel()
        yield CompletionList()

    @property
    def area(self) -> VpArea:
        """The text."""
        return self.query_one(VpArea)

    @property
    def popup(self) -> CompletionList:
        """The words that fit."""
        return self.query_one(CompletionList)

    def on_mount(self) -> None:
        """Keys come here before the text takes them."""
        self.area.add_class("panel")
        self.area.intercept = self._key
        self.prelude: Prelude | None = None
        """functions that the guest brings, for completion"""

    def _show_lists(self) -> None:
        """Problems while there are some, versions when there is one to go back to."""
        problems, versions = self.query_one(ProblemPanel), self.query_one(VersionPanel)
        problems.set_class(not problems.rows, "-empty")
        versions.set_class(len(versions.rows) < 2, "-empty")
        self.query_one("#editor-lists").set_class(not problems.rows and len(versions.rows) < 2, "-empty")
        self.call_after_refresh(self.area.scroll_cursor_visible)

    # --- scripts ---

    @property
    def modified(self) -> bool:
        """The text is not what runs."""
        return self._draft.modified

    @property
    def unsaved(self) -> list[str]:
        """Scripts whose text is not what runs."""
        return [draft.name for draft in self._drafts.values() if draft.modified]

    def text_of(self, name: str) -> str:
        """The text of a script as it stands here; empty when it was never opened."""
        return self._drafts[name].text if name in self._drafts else ""

    def open(self, name: str, source: str) -> None:
        """Edit that script: what was typed before, if anything, else what runs."""
        self._draft.cursor = self.area.cursor_location
        if name not in self._drafts:
            self._drafts[name] = Draft(name, source, source)
        self._draft = self._drafts[name]
        self._running_rates = {}
        self.area.script_language = language_of(name)
        self.area.load_text(self._draft.text)
        self.area.move_cursor(self._draft.cursor)
        self.query_one(VersionPanel).set_versions(self._draft.versions)
        self._show_lists()
        self._changed()

    def goto(self, line: int, column: int) -> None:
        """Put the cursor at a place; lines and columns count from 1."""
        row = min(max(0, line - 1), self.area.document.line_count - 1)
        self.area.move_cursor((row, min(column - 1, len(self.area.document.get_line(row)))), center=True)
        self.screen.set_focus(self.area)

    def show_moment(self, moment: Moment) -> None:
        """Show how often the probes of the running version fired."""
        state = _script(moment.frame, self._draft.name)
        if state is None or self._draft.sent is not None:
            return
        if not self._draft.versions:
            self._draft.versions.append(Version(state.generation, self._draft.running, "as loaded"))
            self.query_one(VersionPanel).set_versions(self._draft.versions)
        self._draft.generation = state.generation
        self._running_rates = rates(state, _script(moment.previous, self._draft.name), moment.seconds)
        self._show_rates()
        self._show_title()

    def show_result(self, reply: Reply) -> None:
        """What the machine said to the text that was applied."""
        draft, sent = self._draft, self._draft.sent
        draft.sent = None
        if sent is None:
            return
        if reply.ok:
            draft.running, draft.generation = sent, reply.generation or draft.generation + 1
            self._running_rates = {}
        errors = sum(place.severity == "error" for place in reply.diagnostics)
        told = reply.message if reply.ok or not errors else f"{errors} error{'s' if errors != 1 else ''}"
        draft.versions.append(Version(draft.generation if reply.ok else 0, sent, told))
        self.query_one(VersionPanel).set_versions(draft.versions)
        self._show_lists()
        if sent == self.area.text:
            self._show_places(sent, reply.diagnostics)
        self._compare()

    # --- the text changes ---

    @on(TextArea.Changed)
    def _changed(self) -> None:
        self._draft.text = self.area.text
        self.area.read_words()
        self._compare()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PAUSE, self._check_text)
        self._offer(asked=False)

    @on(TextArea.SelectionChanged)
    def _moved(self) -> None:
        if self.popup.is_open and not self.area.word_before():
            self.popup.close()
        self._show_title()
        row, column = self.area.cursor_location
        found = self.area.script_language.meaning(self.area.text, row + 1, column + 1, self.prelude)
        self.query_one("#editor-word", Static).update(clean(f"{found.signature} \u2013 {found.doc}") if found else "")

    def _compare(self) -> None:
        self._same, self.area.marks.changed = self._draft.lines_of_running()
        self._show_rates()
        self._show_title()

    def _show_rates(self) -> None:
        known = self._running_rates
        self.area.marks.rates = {self._same[line]: text for line, text in known.items() if line in self._same}
        self.area.redraw()

    def _show_title(self) -> None:
        draft, row_column = self._draft, self.area.cursor_location
        state = f"v{draft.generation} runs" if draft.generation else "not loaded"
        state = f"draft, {state}" if draft.modified else state
        self.area.border_title = Content(f"{clean(draft.name)}  {state}")
        wrong = [place.severity for place in self.query_one(ProblemPanel).places]
        counts = "".join(
            f"{glyph}{wrong.count(kind)} " for kind, glyph in (("error", "✗"), ("warning", "▲")) if kind in wrong
        )
        changed = "  modified" if draft.modified else ""
        self.area.border_subtitle = Content(f"{counts}Ln {row_column[0] + 1} Col {row_column[1] + 1}{changed}")

    # --- diagnostics ---

    @work(thread=True, exclusive=True, group="check", exit_on_error=False)
    def _check_text(self) -> None:
        source, name = self._draft.text, self._draft.name
        places = self.check(name, source)
        self.app.call_from_thread(self._show_places, source, places)

    def _show_places(self, source: str, places: tuple[Place, ...]) -> None:
        if source != self.area.text:
            return
        mine = tuple(place for place in places if place.file == self._draft.name)
        self.area.marks.wrong = by_line(mine)
        self.query_one(ProblemPanel).set_places(mine)
        self._show_lists()
        self.area.redraw()
        self._show_title()

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

    def action_fix(self) -> None:
        """Do what the diagnostic in this line, or the first that can be mended, proposes."""
        places = [place for place in self.query_one(ProblemPanel).places if place.fix]
        row = self.area.cursor_location[0] + 1
        chosen = next((place for place in places if place.line == row), next(iter(places), None))
        if chosen is None or chosen.fix is None:
            self.app.bell()
            return
        fix = chosen.fix
        self.area.replace(fix.text, (fix.line - 1, fix.column - 1), (fix.end_line - 1, fix.end_column - 1))

    # --- actions ---

    def action_apply(self) -> None:
        """Load the text into the running machine, all or nothing."""
        self._draft.sent = self.area.text
        self.post_message(self.ApplyRequested(self._draft.name, self.area.text))

    def action_save(self) -> None:
        """Write the text to its file."""
        self.post_message(self.SaveRequested(self._draft.name, self.area.text))

    def action_reload(self) -> None:
        """Back to the text that runs; undo brings the draft back."""
        self._set_text(self._draft.running)

    def action_revert(self) -> None:
        """Run the version before the one that runs."""
        ran = [version for version in self._draft.versions if version.generation]
        before = [version for version in ran if version.source != self._draft.running]
        if not before:
            self.app.bell()
            return
        self._set_text(before[-1].source)
        self.action_apply()

    @on(VersionPanel.Chosen)
    def _version_chosen(self, event: VersionPanel.Chosen) -> None:
        self._set_text(event.version.source)
        self.screen.set_focus(self.area)

    def _set_text(self, text: str) -> None:
        cursor = self.area.cursor_location
        self.area.replace(text, (0, 0), self.area.document.end)
        self.area.move_cursor(cursor)

    def action_comment(self) -> None:
        """Make comments of lines, or lines of comments."""
        self.area.toggle_comment()

    def action_definition(self) -> None:
        """To where the word under the cursor is defined."""
        row, column = self.area.cursor_location
        found = self.area.script_language.meaning(self.area.text, row + 1, column + 1, None)
        if found is None or found.place is None:
            self.app.bell()
        else:
            self.goto(*found.place)

    def action_leave(self) -> None:
        """Back to the view before."""
        self.post_message(self.LeaveRequested())

    def action_pick_script(self) -> None:
        """Another script."""
        self.post_message(self.PickRequested())

    # --- completion ---

    def action_complete(self) -> None:
        """Offer the words that fit here."""
        self._offer(asked=True)

    def _offer(self, *, asked: bool) -> None:
        typed = self.area.word_before()
        wanted = asked or (self.area.has_focus and self._completing and len(typed) >= TYPED)
        self._completing = True
        row, column = self.area.cursor_location
        found = (
            self.area.script_language.candidates(self.area.text, row + 1, column + 1, self.prelude) if wanted else []
        )
        if found:
            self.popup.open(found, self.area.cursor_screen_offset, chosen=asked)
        else:
            self.popup.close()

    def _accept(self, candidate: Candidate) -> None:
        self._completing = False
        self.popup.close()
        self.area.complete(candidate.name)

    def _key(self, key: str) -> bool:
        """Keys that the text does not get; True when taken."""
        popup = self.popup
        if popup.is_open:
            if key in ("up", "down"):
                popup.move(1 if key == "down" else -1)
            elif key == "tab" or (key == "enter" and popup.chosen):
                self._accept(popup.current)
            elif key == "escape":
                popup.close()
            elif key == "enter":
                popup.close()
                self.area.new_line()
            else:
                return False
            return True
        if key == "enter":
            self.area.new_line()
        elif key in ("ctrl+home", "ctrl+end"):
            self.area.move_cursor((0, 0) if key == "ctrl+home" else self.area.document.end)
        elif key == "escape":
            self.action_leave()
        else:
            return False
        return True


def _script(frame: Frame | None, name: str) -> ScriptState | None:
    return next((script for script in frame.scripts if script.name == name), None) if frame else None
