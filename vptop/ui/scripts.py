# SPDX-License-Identifier: GPL-2.0-or-later
"""Editing the scripts of a machine: loading them in place, their files and their drafts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType

from textual import on, work

from engine.vm.protocol import Reply
from vptop.model.drafts import DraftStore
from vptop.model.library import LibraryScript, library
from vptop.model.plain import clean
from vptop.model.script import ScriptFacts, read_script
from vptop.model.scriptdisk import ScriptDisk
from vptop.model.scriptfiles import SUFFIX, ScriptFile, read
from vptop.model.session import Session
from vptop.model.settings import Settings
from vptop.source.source import Source
from vptop.ui.actions import key_of
from vptop.ui.bridge import Answered, Done, Machine
from vptop.ui.dialogs.confirm import ConfirmScreen
from vptop.ui.dialogs.library import LibraryScreen
from vptop.ui.editor.actions import EDITOR
from vptop.ui.editor.messages import (
    ApplyRequested,
    LeaveRequested,
    ReloadRequested,
    Rested,
    SaveRequested,
    Trouble,
)
from vptop.ui.shell import Shell
from vptop.ui.views.edit import EditView
from vptop.ui.widgets.leads import Jump

LONG = 10_000
"""Characters of a script from which on reading its facts takes longer than a key may."""
FILE_LOOK = 1.0
"""Seconds between two looks whether another program has written a script's file."""


class ScriptShell(Shell):
    """A Shell that edits the scripts of a machine."""

    def __init__(
        self,
        source: Source,
        scripts: Sequence[ScriptFile] = (),
        drafts: DraftStore | None = None,
        session: Session | None = None,
        settings: Settings = Settings(),
        keys: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(session, settings, keys)
        self.machine = Machine(source, self.post_message, self.session.prepare)
        self.disk = ScriptDisk(scripts, drafts)
        self._facts = "", "", ScriptFacts()
        """the script and text that were checked last, and the facts of it"""
        self._in_machine: set[str] = set()
        """names of the scripts that the machine has"""
        for script in scripts:
            self.session.set_source(script.name, script.source)

    def on_mount(self) -> None:
        """Check scripts as the machine does, and watch their files."""
        self.edit_view.editor.check = self.machine.source.check
        self.edit_view.editor.know_facts = self._know_facts
        self.set_interval(FILE_LOOK, self._look_at_files)

    @property
    def edit_view(self) -> EditView:
        """The view that holds the editor."""
        return self.query_one(EditView)

    def confirm(self, title: str, question: str, action: Callable[[], None]) -> None:
        """Do something once the person has said yes."""

        def answer(yes: bool | None) -> None:
            if yes:
                action()

        self.push_screen(ConfirmScreen(title, question), answer)

    def set_scripts(self) -> None:
        """Offer the scripts that are known in the editor, with the drafts that an earlier session left behind."""
        drafts: dict[str, str] = {}
        restored: list[str] = []
        for name, source in self.session.sources.items():
            if not self.edit_view.has(name) and (kept := self.disk.kept_draft(name, source)) is not None:
                drafts[name] = kept.text
                when = kept.kept.astimezone().strftime("%Y-%m-%d %H:%M")
                changed = ", the file has changed since" if self.disk.changed_outside(name) else ""
                restored.append(f"{clean(name)} of {when}{changed}")
        known = {*self.session.sources, *self.edit_view.names}
        begun = {one.script: one.text for one in self.disk.begun_drafts() if one.script not in known}
        restored += map(clean, begun)
        if restored:
            what, it = ("draft", "it") if len(restored) == 1 else ("drafts", "one")
            keys = f"{self._edit_key('apply')} applies, {self._edit_key('reload')} discards {it}"
            self.say(f"{what} restored: {'; '.join(restored)}; {keys}", "warn")
        self.edit_view.set_scripts(self.session.sources, drafts, begun)

    async def action_quit(self) -> None:
        """Quit."""
        self.quit_with(self.exit)

    def quit_with(self, end: Callable[[], None]) -> None:
        """End that way; with drafts that were never applied or written, ask first."""
        unsaved = [name for name in self.edit_view.unsaved if not self._is_on_disk(name)]
        if not unsaved:
            end()
            return
        names = ", ".join(map(clean, unsaved))
        kept = "The drafts come back at the next start." if self.disk.keeps_drafts else "What was typed is lost."
        self.confirm("Quit", f"Not saved: {names}.\n{kept}\nQuit?", end)

    def _is_on_disk(self, name: str) -> bool:
        """The text in the editor is what the file holds."""
        return self.disk.held(name) == self.edit_view.text_of(name)

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        event.done(event.reply)

    # --- to the editor and back ---

    def action_edit(self) -> None:
        """Edit: a probe or an error that is selected, else the script last edited."""
        row = getattr(self.panel, "current", None)
        if self.view == "probes" and self.panel and row is not None:
            self.panel.action_open()
        else:
            self.show_view("edit")

    def action_toggle_edit(self) -> None:
        """To the editor and back."""
        self.show_view(self.view_before if self.view == "edit" else "edit")

    @on(Jump)
    def _jump(self, event: Jump) -> None:
        self.show_view("edit")
        self.edit_view.go_to(event.script, event.line, event.column, event.file)

    @on(LeaveRequested)
    def _leave_editor(self) -> None:
        self.action_toggle_edit()

    @on(Trouble)
    def _trouble(self, event: Trouble) -> None:
        self.say(event.text, "bad")

    # --- loading ---

    def action_library(self) -> None:
        """Load a ready script beside those that run, or show it if it runs already."""

        def chosen(script: LibraryScript | None) -> None:
            if script is None:
                return
            found = read(Path(script.path), f"{script.name}{SUFFIX}")
            if found.name in self._in_machine:
                self.show_view("edit")
                self.edit_view.open(found.name)
                return
            self.disk.know(found)
            self.say(f"loading {found.name}")
            send = partial(self.machine.source.load, found.name, found.source, "")
            self.machine.ask(send, partial(self._library_loaded, found))

        self.push_screen(LibraryScreen(library(), self._in_machine, self.session.guest), chosen)

    def _library_loaded(self, script: ScriptFile, reply: Reply) -> None:
        self._loaded(script.name, script.source, reply)
        if reply.ok:
            self.set_scripts()
            self.say(f"{script.name} runs; e edits it", "good")

    @on(ApplyRequested)
    def _apply(self, event: ApplyRequested) -> None:
        self.apply(event.name, event.source)

    def apply(self, name: str, source: str, then: Done = lambda _: None) -> None:
        """Load a script, in place of its version that runs; `then` gets the Reply when it has been shown."""
        loaded = name in self._in_machine
        self.say(f"applying {name}")

        def answered(reply: Reply) -> None:
            if reply.ok and len(source) > LONG and self._facts[:2] != (name, source):
                self._read_facts(name, source, partial(answered, reply))
                return
            self._loaded(name, source, reply)
            then(reply)

        self.machine.ask(partial(self.machine.source.load, name, source, name if loaded else ""), answered)

    @work(thread=True, exit_on_error=False)
    def _read_facts(self, name: str, source: str, then: Callable[[], None]) -> None:
        """Read a long script that runs now while keys still work."""
        facts = read_script(source, name)

        def known() -> None:
            self._know_facts(name, source, facts)
            then()

        self.call_from_thread(known)

    def _loaded(self, name: str, source: str, reply: Reply) -> None:
        if reply.ok:
            self.script_loaded(name, source)
            self._in_machine.add(name)
            self.say(reply.message or f"{name} runs as generation {reply.generation}", "good")
        else:
            errors = sum(place.severity == "error" for place in reply.diagnostics)
            why = f"{errors} error{'s' if errors != 1 else ''}" if errors else reply.message
            before = "; the previous version keeps running" if name in self._in_machine else ""
            self.say(f"not applied: {why}{before}", "bad")
        self.edit_view.show_result(name, reply)

    def script_loaded(self, name: str, source: str) -> None:
        """That text of a script runs now."""
        self.session.set_source(name, source, self._facts[2] if self._facts[:2] == (name, source) else None)

    def _know_facts(self, name: str, source: str, facts: ScriptFacts) -> None:
        """These are the facts of a text that may be applied."""
        self._facts = name, source, facts

    # --- files and drafts ---

    @on(Rested)
    @work(thread=True, exclusive=True, group="drafts", exit_on_error=False)
    def _keep_draft(self, event: Rested) -> None:
        try:
            self.disk.keep_draft(event.name, event.source, self.session.sources.get(event.name, ""))
        except OSError as error:
            self.call_from_thread(self.say, f"cannot keep a draft: {error.strerror or error}", "warn")

    @on(SaveRequested)
    def _save(self, event: SaveRequested) -> None:
        path = self.disk.path(event.name)
        if self.disk.changed_outside(event.name):
            question = f"{path} has changed since it was read here.\nOverwrite it?"
            self.confirm("Write", question, partial(self._write, event.name, path, event.source))
        else:
            self._write(event.name, path, event.source)

    def _write(self, name: str, path: Path, source: str) -> None:
        was_gone = self.disk.held(name) is not None and not path.exists()
        try:
            written = self.disk.write(name, source)
        except OSError as error:
            self.say(f"cannot write {path}: {error.strerror or error}", "bad")
            return
        again = " anew: the file was gone" if was_gone else ""
        self.say(f"wrote {', '.join(map(str, written or [path]))}{again}", "good")

    @on(ReloadRequested)
    def _reload(self) -> None:
        """The file's text where it has one, else the running one."""
        name = self.edit_view.script
        self.disk.look()
        text, told = self.disk.held(name), f"read {self.disk.path(name)}"
        self.disk.take(name)
        if text is None:
            text, told = self.session.sources.get(name, ""), "the editor shows the running version"
        self.edit_view.set_text(name, text)
        self.say(f"{told}; Ctrl+Z brings the draft back", "good")

    @work(thread=True, exclusive=True, group="files", exit_on_error=False)
    def _look_at_files(self) -> None:
        before = {name: self.disk.held(name) for name in self.session.sources}
        for name, text in self.disk.look().items():
            self.call_from_thread(self._file_changed, name, before.get(name), text)

    def _edit_key(self, action: str) -> str:
        """The key of an action of the editor."""
        return key_of(self, f"edit.{action}", EDITOR.actions)

    def _file_changed(self, name: str, before: str | None, text: str) -> None:
        """Another program wrote a script: take its text, unless the person has typed something else."""
        changed = f"{self.disk.path(name)} has changed"
        if self.edit_view.text_of(name) in (before, text):
            self.disk.take(name)
            self.edit_view.set_text(name, text)
            self.say(f"{changed} and was read; {self._edit_key('apply')} in the editor applies it", "good")
        else:
            key = self._edit_key("reload")
            self.say(f"{changed}; {key} in the editor reads it and drops the draft", "warn")
