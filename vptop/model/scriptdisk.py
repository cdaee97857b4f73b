# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of the scripts that are edited: what they held when they were read, and drafts that are not in them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from engine.vm.script_text import ScriptFileError, read_script
from vptop.model.drafts import DraftStore, KeptDraft
from vptop.model.files import write_whole
from vptop.model.scriptfiles import STDIN, ScriptFile

Stamp = tuple[int, int, int]
"""Of a file: when it was modified (ns), its size and its inode."""


class ScriptDisk:
    """Reads, writes and watches the files of scripts.

    Args:
        scripts: those that were read from files.
        drafts: where drafts are kept; None: nowhere.
    """

    def __init__(self, scripts: Iterable[ScriptFile] = (), drafts: DraftStore | None = None) -> None:
        self._paths: dict[str, Path] = {}
        self._held: dict[str, str] = {}
        self._stamps: dict[str, Stamp | None] = {}
        self._drafts = drafts
        for script in scripts:
            self._paths[script.name] = script.path
            self._held[script.name] = script.source
            self._stamps[script.name] = _stamp(script.path)

    def path(self, name: str) -> Path:
        """The file of a script; one that came from nowhere is written to the current directory under its name."""
        return self._paths.get(name, Path(name))

    def held(self, name: str) -> str | None:
        """What the file of a script held when it was last read or written here; None: it has none."""
        return self._held.get(name)

    def changed_outside(self, name: str) -> bool:
        """Another program wrote the file since it was read or written here, or it cannot be read."""
        path = self.path(name)
        try:
            return path.exists() and read_script(path) != self._held.get(name)
        except (OSError, ScriptFileError):
            return True

    def write(self, name: str, text: str) -> Path:
        """Write a script to its file, whole or not at all; its draft is no longer needed.

        Raises:
            OSError: it could not be written; the file is as it was.
        """
        path = self.path(name)
        write_whole(path, text.encode())
        self._paths[name], self._held[name], self._stamps[name] = path, text, _stamp(path)
        if self._drafts is not None:
            self._drafts.drop(path)
        return path

    def look(self) -> dict[str, str]:
        """The texts of files that other programs have written since the last look, by script.

        A file that is gone or cannot be read counts as unchanged: editors remove a file before they replace it.
        """
        changed: dict[str, str] = {}
        for name, path in list(self._paths.items()):
            if (stamp := _stamp(path)) is None or stamp == self._stamps.get(name):
                continue
            with suppress(ScriptFileError):
                text = read_script(path)
                self._stamps[name] = stamp
                if text != self._held.get(name):
                    self._held[name] = changed[name] = text
        return changed

    # --- drafts ---

    @property
    def keeps_drafts(self) -> bool:
        """Drafts come back at the next start."""
        return self._drafts is not None

    def keep_draft(self, name: str, text: str, running: str) -> None:
        """Keep what was typed into a script, unless that is what its file holds, or what runs where it has no file.

        Raises:
            OSError: it cannot be kept; the draft kept before is still there.
        """
        if self._drafts is None:
            return
        if text == self._held.get(name, running):
            self._drafts.drop(self.path(name))
        else:
            self._drafts.keep(name, self.path(name), text)

    def kept_draft(self, name: str, source: str) -> KeptDraft | None:
        """What an earlier session left behind for a script, if that differs from its text."""
        if self._drafts is None or str(self.path(name)) == STDIN:
            return None
        kept = self._drafts.kept(self.path(name))
        return kept if kept is not None and kept.text not in (source, self._held.get(name)) else None


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
