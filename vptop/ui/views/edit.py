# SPDX-License-Identifier: GPL-2.0-or-later
"""The view that holds the editor and knows which scripts there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.strip import Strip
from textual.widgets import TextArea

from engine.probes.frame import AggregateId
from engine.probes.languages import LANGUAGES
from engine.vm.protocol import Reply
from engine.vp.diagnostics.files import lines_before
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.ui.actions import Scope
from vptop.ui.dialogs.pick import PickScreen
from vptop.ui.dialogs.prompt import PromptScreen
from vptop.ui.editor import EditorPane
from vptop.ui.editor.actions import EDITOR
from vptop.ui.editor.messages import LiveRowsRequested, NewRequested, PickRequested, Rested, StepRequested
from vptop.ui.editor.search import FIND, FindBar
from vptop.ui.editor.tabs import ScriptTab, ScriptTabs
from vptop.ui.views.aggregates import AggregatePanel
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.lines import LinePanel
from vptop.ui.widgets.table import TablePanel


class LivePanel(AggregatePanel):
    """The rows of the aggregate that the cursor's line names."""

    header_height = 1

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.digit = 0  # the view of that digit shows another aggregate

    def draw_header(self, line: int, width: int) -> Strip:
        """The titles of the columns."""
        return TablePanel.draw_header(self, line, width)

    def title_text(self) -> str:
        """The name of the aggregate."""
        return f"Live {clean(self.moment.label(self.chosen)) if self.moment else ''}".rstrip()


class EditView(View):
    """The editor over the scripts, one at a time."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (EDITOR, FIND)

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._sources: Mapping[str, str] = {}
        self._loaded: set[str] = set()
        """names of the scripts that run"""
        self._new: dict[str, str] = {}
        """scripts that were begun here and never loaded"""
        self._drafts: dict[str, str] = {}
        """texts for scripts that have not been opened yet, where they differ from what runs"""
        self.script = ""
        self._moment: Moment | None = None

    def compose(self) -> ComposeResult:
        """The scripts, and the editor over one of them."""
        yield ScriptTabs()
        yield EditorPane(LivePanel(id="live"))

    def on_mount(self) -> None:
        """The rows are shown when the person asks for them."""
        self.query_one(LivePanel).add_class("-empty")

    @property
    def editor(self) -> EditorPane:
        """The editor itself."""
        return self.query_one(EditorPane)

    @property
    def names(self) -> list[str]:
        """The scripts that can be edited, in order."""
        return [*self._sources, *(name for name in self._new if name not in self._sources)]

    def has(self, name: str) -> bool:
        """The script is known here."""
        return name in self._sources or name in self._new

    def set_scripts(self, sources: Mapping[str, str], drafts: Mapping[str, str], begun: Mapping[str, str]) -> None:
        """These scripts there are; open the first when none is open.

        Args:
            sources: their texts by name, as they run or were refused.
            drafts: texts that earlier sessions left behind, by name.
            begun: such texts of scripts that were begun and never loaded.
        """
        self._sources = dict(sources)
        self._drafts.update({**drafts, **begun})
        self._new.update(dict.fromkeys(begun, ""))
        if not self.script and sources:
            self.open(next(iter(sources)))
        self._show_tabs()

    def set_loaded(self, names: Collection[str]) -> None:
        """The scripts of these names run."""
        if self._loaded != names:
            self._loaded = set(names)
            self._show_tabs()

    def open(self, name: str) -> None:
        """Edit that script, as it was loaded or left behind."""
        if self.has(name) and name != self.script:
            self.script = name
            self.editor.open(name, self._sources.get(name, ""), self._drafts.pop(name, self._new.get(name)))
            if self._moment is not None:
                self.editor.show_moment(self._moment)
            self._show_tabs()

    def text_of(self, name: str) -> str:
        """The text of a script as it is edited, or as it would be opened."""
        if self.editor.has(name):
            return self.editor.text_of(name)
        return self._drafts.get(name, self._new.get(name, self._sources.get(name, "")))

    @property
    def unsaved(self) -> list[str]:
        """Scripts whose text is not what runs, also those that were left behind and have not been opened yet."""
        return [*dict.fromkeys([*self.editor.unsaved, *self._drafts])]

    def set_text(self, name: str, text: str) -> None:
        """Put a text in the place of the draft of a script."""
        if self.editor.has(name):
            self.editor.set_text(name, text)
        elif self.has(name):
            self._drafts[name] = text
        self._show_tabs()

    def _show_tabs(self) -> None:
        unsaved = self.unsaved
        tabs = [
            ScriptTab(name, "new" if name not in self._loaded else "draft" if name in unsaved else "runs")
            for name in self.names
        ]
        self.query_one(ScriptTabs).show(tabs, self.script)

    @on(Rested)
    def _rested(self) -> None:
        self._show_tabs()

    def go_to(self, name: str, line: int, column: int, file: str = "") -> None:
        """Show a place in a script; `file` is the one that the line is in, of a script that consists of several."""
        self.open(name)
        self.editor.goto(line + lines_before(self.editor.area.text).get(file, 0), column)

    def show(self, moment: Moment | None) -> None:
        """Show the rates of this moment beside the lines."""
        super().show(moment)
        self._moment = moment
        if moment is not None:
            self.editor.show_moment(moment)
            self._show_rows()

    @on(LiveRowsRequested)
    def _toggle_rows(self) -> None:
        live = self.query_one(LivePanel)
        live.set_class(not live.has_class("-empty"), "-empty")
        live.show(self._moment)
        self._show_rows()
        self.editor.show_lists()

    @on(TextArea.SelectionChanged)
    def _show_rows(self) -> None:
        """Stay with the aggregate shown last while the cursor's line names none."""
        live = self.query_one(LivePanel)
        if live.has_class("-empty") or live.moment is None:
            return
        here = (AggregateId(self.script, name) for name in self.editor.area.names_here())
        found = next((one for one in here if one in live.moment.frame.aggregates), None)
        if found is not None:
            live.choose(found)

    def show_result(self, name: str, reply: Reply) -> None:
        """What the VM said to a script."""
        if reply.ok and (text := self.editor.text_sent(name)) is not None:
            self._sources = {**self._sources, name: text}
            self._loaded.add(name)
            self._new.pop(name, None)
        self.editor.show_result(name, reply)
        self._show_tabs()

    def take_focus(self, usual: LinePanel[object] | None = None) -> None:
        """Focus the text."""
        first = next((widget for widget in self.editor.query("*") if widget.focusable), self.editor)
        self.screen.set_focus(first)  # at once: the next key is already for it

    @on(ScriptTabs.Chosen)
    def _tab_chosen(self, event: ScriptTabs.Chosen) -> None:
        self.open(event.name)
        self.take_focus()

    @on(StepRequested)
    def _step(self, event: StepRequested) -> None:
        names = self.names
        if len(names) > 1:
            self.open(names[(names.index(self.script) + event.step) % len(names)])

    @on(PickRequested)
    def _pick_script(self) -> None:
        """Let the person choose another script."""
        choices = [(name, name) for name in self.names]
        self.app.push_screen(PickScreen("Scripts", choices, self.script), self._picked)

    def _picked(self, name: str | None) -> None:
        if name:
            self.open(name)
        self.take_focus()

    @on(NewRequested)
    def _ask_name(self) -> None:
        """Ask for the name of a new script."""
        self.app.push_screen(PromptScreen("File name of the new script", "new.vp", self._wrong_name), self._begin)

    def _wrong_name(self, name: str) -> str:
        """What is wrong with the name of a new script; empty: nothing."""
        if self.has(name):
            return f"{name} is open already"
        suffix = PurePath(name).suffix.lower()
        return "" if suffix in LANGUAGES else f"expected a name that ends in {' or '.join(LANGUAGES)}"

    def _begin(self, name: str | None) -> None:
        if name:
            self._new[name] = ""
            self.open(name)
        self.take_focus()

    def scopes(self, panel: LinePanel[object] | None) -> tuple[Scope, ...]:
        """The editor's, wherever the focus is; those of the search while it has the focus."""
        finding = self.query_one(FindBar)
        return (FIND,) if self.app.focused is not None and finding in self.app.focused.ancestors else (EDITOR,)


ROW = ViewRow("edit", "Edit", "Edit", "edit the running scripts", EditView)
