# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of the scripts that are edited: what they held when they were read, and drafts that are not in them."""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from engine.files import write_whole
from engine.vm.script_text import ScriptFileError, encode, read_script
from engine.vp.diagnostics.files import join, split
from engine.vp.diagnostics.source import SourceText
from vptop.model.drafts import DraftStore, KeptDraft
from vptop.model.scriptfiles import STDIN, ScriptFile

Stamp = tuple[int, int, int]
"""Of a file: when it was modified (ns), its size and its inode."""
_ANY_WRITES = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class ScriptDisk:
    """Reads, writes and watches the files of scripts. A script may consist of several files.

    Args:
        scripts: those that were read from files.
        drafts: where drafts are kept; None: nowhere.
    """

    def __init__(self, scripts: Iterable[ScriptFile] = (), drafts: DraftStore | None = None) -> None:
        self._files: dict[str, dict[str, Path]] = {}
        """the files of each script by their names in it"""
        self._held: dict[str, str] = {}
        self._base: dict[str, str | None] = {}
        """what the files held of which the text that is edited is a version"""
        self._stamps: dict[Path, Stamp | None] = {}
        self._drafts = drafts
        for script in scripts:
            self.know(script)

    def know(self, script: ScriptFile) -> None:
        """Take in a script that was just read from its files."""
        self._files[script.name] = {part.name: part.path for part in script.parts or (script,)}
        self._held[script.name] = self._base[script.name] = script.source
        self._note(script.name)

    def path(self, name: str) -> Path:
        """The file of a script, the last one of several. A script that came from nowhere is written to its name."""
        return [*self._files.get(name, {name: Path(name)}).values()][-1]

    def held(self, name: str) -> str | None:
        """What the files of a script held when they were last read or written here; None: it has none."""
        return self._held.get(name)

    def changed_outside(self, name: str) -> bool:
        """The file holds what the edited text is no version of: another program wrote it; or it cannot be read."""
        try:
            return self.path(name).exists() and self._read(name) != self._base.get(name)
        except (OSError, ScriptFileError):
            return True

    def take(self, name: str) -> None:
        """What the files of a script hold is what is edited from now on."""
        self._base[name] = self._held.get(name)

    def write(self, name: str, text: str) -> list[Path]:
        """Write a script to its files, each whole or not at all; its draft is no longer needed.

        Returns:
            The files that were written: those that changed, or the only one.

        Raises:
            OSError: a file could not be written, or nobody may write it; it is as it was.
        """
        files = self._files.setdefault(name, {name: Path(name)})
        texts = {name: text} if len(files) == 1 else {part.name: part.text for part in split(SourceText(name, text))}
        before = {part.name: part.text for part in split(SourceText(name, self._held.get(name, "")))}
        written = [part for part in texts if len(files) == 1 or texts[part] != before.get(part)]
        for part in written:
            _write(files.setdefault(part, Path(part)), texts[part])
        self._held[name] = self._base[name] = text
        self._note(name)
        if self._drafts is not None:
            self._drafts.drop(self.path(name))
        return [files[part] for part in written]

    def look(self) -> dict[str, str]:
        """The texts of scripts whose files other programs have written since the last look, by script.

        A file that is gone or cannot be read counts as unchanged: editors remove a file before they replace it.
        """
        changed: dict[str, str] = {}
        for name, files in list(self._files.items()):
            stamps = {path: _stamp(path) for path in files.values()}
            if None in stamps.values() or all(stamp == self._stamps.get(path) for path, stamp in stamps.items()):
                continue
            with suppress(ScriptFileError):
                text = self._read(name)
                self._stamps.update(stamps)
                if text != self._held.get(name):
                    self._held[name] = changed[name] = text
        return changed

    def _read(self, name: str) -> str:
        """A script as its files are now."""
        files = self._files.get(name, {name: Path(name)})
        if len(files) == 1:
            return read_script(self.path(name))
        return join((part, read_script(path)) for part, path in files.items())

    def _note(self, name: str) -> None:
        self._stamps.update((path, _stamp(path)) for path in self._files[name].values())

    # --- drafts ---

    @property
    def keeps_drafts(self) -> bool:
        """Drafts come back at the next start."""
        return self._drafts is not None

    def keep_draft(self, name: str, text: str, running: str) -> None:
        """Keep what was typed into a script, unless that is what its file holds, or what runs where it has no file.

        A script without a file that does not run when its first draft is kept was begun here: what was typed into it
        is kept until it is written, also when it runs.

        Raises:
            OSError: it cannot be kept; the draft kept before is still there.
        """
        if self._drafts is None:
            return
        if not running:
            self._base.setdefault(name, "")
        begun = name not in self._held and self._base.get(name) == ""
        if text == self._held.get(name, "" if begun else running):
            self._drafts.drop(self.path(name))
        else:
            self._drafts.keep(name, self.path(name), text, self._base.get(name))

    def kept_draft(self, name: str, source: str) -> KeptDraft | None:
        """What an earlier session left behind for a script, if that differs from its text; it is edited from now on."""
        if self._drafts is None or str(self.path(name)) == STDIN:
            return None
        kept = self._drafts.kept(self.path(name))
        if kept is None or kept.text in (source, self._held.get(name)):
            return None
        self._base[name] = kept.base
        return kept

    def begun_drafts(self) -> list[KeptDraft]:
        """What an earlier session left behind for scripts in this folder that were begun and never written."""
        kept = self._drafts.all() if self._drafts is not None else []
        return [one for one in kept if one.base == "" and _is_missing_here(Path(one.path))]


def _is_missing_here(path: Path) -> bool:
    return path.parent == Path.cwd() and not path.exists()


def _write(path: Path, text: str) -> None:
    before = path.read_bytes() if path.exists() else b""
    if path.exists() and not path.stat().st_mode & _ANY_WRITES:
        raise PermissionError(errno.EACCES, "the file is read-only", str(path))
    write_whole(path, [encode(text, before)])


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
