# SPDX-License-Identifier: GPL-2.0-or-later
"""The text that is edited, what is wrong with it, and how it differs from what runs."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import TextArea

from engine.probes.frame import Frame, ScriptState
from engine.probes.languages import language_of
from engine.vm.protocol import Place
from engine.vp import Prelude
from engine.vp.diagnostics.files import lines_before
from engine.vp.editing.names import Names
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.model.script import ScriptFacts
from vptop.source.checking import Finding, TakeFinding
from vptop.ui.editor.area import VpArea
from vptop.ui.editor.completing import Completer
from vptop.ui.editor.completion import CompletionList
from vptop.ui.editor.draft import Draft, failures, rates
from vptop.ui.editor.finding import Finder
from vptop.ui.editor.marks import by_line, in_whole
from vptop.ui.editor.messages import ApplyRequested, Found, Rested, Trouble
from vptop.ui.editor.problems import ProblemPanel
from vptop.ui.editor.search import FindBar
from vptop.ui.editor.versions import Version, VersionPanel
from vptop.ui.editor.wordline import WordLine
from vptop.ui.widgets.lines import LinePanel

Check = Callable[[str, str, TakeFinding], None]
"""Begins to check a text; see `vptop.source.source.Source.check`."""
PAUSE = 0.15
"""Seconds without typing after which a draft is kept and checked."""

LINES = 4
"""Rows from which on the lists below the text are as high as they get."""


class DraftPane(Container):
    """Shows one script at a time and keeps what was typed into the others."""

    def __init__(self, beside: Widget) -> None:
        """`beside`: a panel of whoever uses the editor, shown in a row or column with the lists."""
        super().__init__()
        self._beside = beside
        self.check: Check = lambda _name, _source, _take: None
        self.know_facts: Callable[[str, str, ScriptFacts], None] = lambda _name, _source, _facts: None
        """takes in the facts of a text that may be applied"""
        self._drafts: dict[str, Draft] = {}
        self._draft = Draft("", "", "")
        self._timer: Timer | None = None
        self._running_rates: dict[int, str] = {}
        self._failed: dict[int, str] = {}
        self.being_checked: tuple[str, str] | None = None
        """the script and the text that are being checked"""
        self.places_of = ""
        """the text that the diagnostics shown are of"""
        self.names_of = ""
        """the text that the names are of"""
        self._definition_waits = False
        """the definition is to be gone to once the names are those of the text"""
        self._fix_waits = False
        """the text is to be mended once it has been checked"""
        self._auto = False
        self._seconds = 0.0
        """guest seconds at the moment shown"""

    def compose(self) -> ComposeResult:
        """The text; below it the lists that have something to say, beside it on wide screens while rows are shown."""
        with Vertical(id="editor-text"):
            yield VpArea()
            yield FindBar(id="find")
            yield WordLine()
        with Horizontal(id="editor-lists", classes="-empty"):
            yield ProblemPanel()
            yield VersionPanel()
            yield self._beside
        yield CompletionList()

    @property
    def area(self) -> VpArea:
        """The text."""
        return self.query_one(VpArea)

    @property
    def popup(self) -> CompletionList:
        """The words that fit."""
        return self.query_one(CompletionList)

    @property
    def prelude(self) -> Prelude | None:
        """Functions and symbols of the guest."""
        return self._completer.prelude

    @prelude.setter
    def prelude(self, prelude: Prelude | None) -> None:
        self._completer.prelude = prelude

    def on_mount(self) -> None:
        """Keys come here before the text takes them."""
        self.area.add_class("panel")
        self._completer = Completer(self.area, self.popup)
        self._finder = Finder(self.area, self.query_one(FindBar))

    def show_lists(self) -> None:
        """Problems while there are some, versions when there is one to go back to, the panel beside while it is on."""
        problems, versions = self.query_one(ProblemPanel), self.query_one(VersionPanel)
        problems.set_class(not problems.rows, "-empty")
        versions.set_class(len(versions.rows) < 2, "-empty")
        shown = [one for one in (problems, versions, self._beside) if not one.has_class("-empty")]
        versions.set_class(len(shown) > 1, "-crowded")
        self.set_class(self._beside in shown, "-beside")
        lists = self.query_one("#editor-lists")
        lists.set_class(not shown, "-empty")
        lines = (
            LINES
            if self._beside in shown
            else max((len(one.rows) for one in (problems, versions) if one in shown), default=0)
        )
        for number in range(1, LINES):
            lists.set_class(number == lines, f"-lines-{number}")
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

    def has(self, name: str) -> bool:
        """The script was opened here."""
        return name in self._drafts

    def text_sent(self, name: str) -> str | None:
        """The text of a script that is on its way to the machine; None when there is none."""
        return self._drafts[name].sent if name in self._drafts else None

    def text_of(self, name: str) -> str:
        """The text of a script as it stands here; empty when it was never opened."""
        return self._drafts[name].text if name in self._drafts else ""

    def open(self, name: str, source: str, draft: str | None = None) -> None:
        """Edit that script: what was typed before, if anything, else what runs.

        Args:
            name: of the script.
            source: the text that runs.
            draft: what an earlier session left behind, if anything.
        """
        self._draft.cursor = self.area.cursor_location
        if name not in self._drafts:
            self._drafts[name] = Draft(name, source, source if draft is None else draft)
        self._draft = self._drafts[name]
        self._running_rates, self._failed = {}, {}
        self.area.script_language, self.area.names, self.names_of = language_of(name), Names(), ""
        self.area.load_text(self._draft.text)
        self.area.move_cursor(self._draft.cursor)
        self.area.marks.wrong, self.places_of = {}, ""
        self.query_one(ProblemPanel).set_places(())
        self.query_one(VersionPanel).set_versions(self._draft.versions)
        self.show_lists()
        self._changed()

    def set_text(self, name: str, text: str) -> None:
        """Put a text in the place of a draft; undo brings the draft back while it is the one edited."""
        if self._draft.name == name:
            self._set_text(text)
        elif name in self._drafts:
            self._drafts[name].text = text

    def goto(self, line: int, column: int) -> None:
        """Put the cursor at a place; lines and columns count from 1."""
        row = min(max(0, line - 1), self.area.document.line_count - 1)
        self.area.move_cursor((row, min(column - 1, len(self.area.document.get_line(row)))), center=True)
        self.screen.set_focus(self.area)

    def show_moment(self, moment: Moment) -> None:
        """Show how often the probes of the running version fired, and which of them failed.

        A moment that has passed may be one of another version, whose lines are others.
        """
        self._seconds = moment.frame.guest_seconds
        state = _script(moment.frame, self._draft.name)
        if state is None or self._draft.sent is not None:
            return
        if not self._draft.versions:
            self._draft.versions.append(Version(state.generation, self._draft.running, "as loaded"))
            self.query_one(VersionPanel).set_versions(self._draft.versions)
        if moment.sequence == moment.session.timeline.ring.end - 1 or not self._draft.generation:
            self._draft.generation = state.generation
        if state.generation == self._draft.generation:
            shifts = lines_before(self._draft.running)
            self._running_rates = rates(state, _script(moment.previous, self._draft.name), moment.seconds, shifts)
            self._failed = failures(moment.frame, self._draft.name, shifts)
        else:
            self._running_rates, self._failed = {}, {}
        self._show_rates()
        self._show_title()

    # --- the text changes ---

    @on(TextArea.Changed)
    def _changed(self) -> None:
        self._draft.text = self.area.text
        self.area.read_words()
        self._compare()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PAUSE, self._rest)
        self._completer.offer(asked=False)
        self._finder.refresh()

    def _rest(self) -> None:
        self.post_message(Rested(self._draft.name, self._draft.text))
        self._check_text()

    @on(LinePanel.Changed)
    def _problem_selected(self, event: LinePanel.Changed) -> None:
        """Say in whole what the list may have cut."""
        if isinstance(event.panel, ProblemPanel) and (place := event.panel.current) is not None:
            self.query_one(WordLine).show_place(place)

    @on(TextArea.SelectionChanged)
    def _moved(self) -> None:
        self._completer.moved()
        self._show_title()
        self._show_word()

    def _show_word(self) -> None:
        area, line = self.area, self.query_one(WordLine)
        row, column = area.cursor_location
        wrong = area.marks.wrong.get(row, ())
        if wrong:
            line.show_place(next((one for one in wrong if one.column <= column + 1 <= one.end_column), wrong[0]))
        elif row in area.marks.failed:
            line.show_failure(area.marks.failed[row])
        else:
            line.show_word(area.script_language.meaning(area.text, row + 1, column + 1, self.prelude, area.names))

    def _compare(self) -> None:
        self.area.marks.running = self._draft.over_running()
        self._show_rates()
        self._show_title()

    def _show_rates(self) -> None:
        marks = self.area.marks
        marks.rates, marks.failed = marks.moved(self._running_rates), marks.moved(self._failed)
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
        counts = f"auto-apply  {counts}" if self._auto else counts
        self.area.border_subtitle = Content(f"{counts}Ln {row_column[0] + 1} Col {row_column[1] + 1}{changed}")

    # --- diagnostics ---

    def _check_text(self) -> None:
        """Check the text; a check that has not ended is given up."""
        name, source = self.being_checked = self._draft.name, self._draft.text

        def take(finding: Finding) -> None:
            self.post_message(Found(name, source, finding))

        self.check(name, source, take)

    @on(Found)
    def _found(self, event: Found) -> None:
        """Take in what was found in the text that is being checked."""
        if (event.name, event.source) != self.being_checked:
            return
        finding = event.finding
        if finding.is_last:
            self.being_checked = None
        if finding.trouble:
            self.post_message(Trouble(f"{event.name} was not checked: {finding.trouble}"))
        if finding.facts is not None:
            self.know_facts(event.name, event.source, finding.facts)
        if event.name != self._draft.name:
            return
        if finding.tokens is not None:
            self.area.take_tokens(event.source, finding.tokens)
        if finding.names is not None:
            self._take_names(event.source, finding.names)
        if finding.places is not None:
            self._show_places(event.source, finding.places)

    def _take_names(self, source: str, names: Names) -> None:
        self.area.names, self.names_of = names, source
        self._show_word()

    def _show_places(self, source: str, places: tuple[Place, ...]) -> None:
        if source != self.area.text:
            return
        self.places_of = source
        mine = in_whole(places, self._draft.name, lines_before(source))
        self.area.marks.wrong = by_line(mine)
        self.query_one(ProblemPanel).set_places(mine)
        self.show_lists()
        self.area.redraw()
        self._show_title()
        self._show_word()
        if self._auto and self._draft.modified and not any(place.severity == "error" for place in places):
            self.action_apply()

    def _set_text(self, text: str) -> None:
        cursor = self.area.cursor_location
        self.area.replace(text, (0, 0), self.area.document.end)
        self.area.move_cursor(cursor)

    def action_apply(self) -> None:
        """Load the text into the running machine, all or nothing."""
        self._draft.sent = self.area.text
        self.post_message(ApplyRequested(self._draft.name, self.area.text))


def _script(frame: Frame | None, name: str) -> ScriptState | None:
    return next((script for script in frame.scripts if script.name == name), None) if frame else None
