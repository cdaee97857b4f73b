# SPDX-License-Identifier: GPL-2.0-or-later
"""Drafts on disk: what was typed into a script and neither applied nor written survives a crash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from engine.files import write_whole


class KeptDraft(msgspec.Struct, frozen=True):
    """A draft as it was kept."""

    script: str
    """name of the script"""
    path: str
    """the file that it would be written to"""
    text: str
    kept: datetime
    base: str | None = None
    """what the file held when the draft was begun, empty if the script was begun with it; None: nothing is known"""


def _now() -> datetime:
    return datetime.now(UTC)


class DraftStore:
    """A folder with one JSON file for each draft, named by a digest of the script's path.

    Args:
        folder: created when the first draft is kept.
        clock: the time of day.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime] = _now) -> None:
        self._folder = folder
        self._clock = clock

    def keep(self, script: str, path: Path, text: str, base: str | None = None) -> None:
        """Keep a draft in place of the one before.

        Args:
            script: its name.
            path: its file.
            text: the draft.
            base: what the file held when the draft was begun.

        Raises:
            OSError: it cannot be written; the draft before is still there.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = KeptDraft(script, str(path.absolute()), text, self._clock(), base)
        write_whole(self._file(path), [msgspec.json.format(msgspec.json.encode(kept), indent=1)])

    def kept(self, path: Path) -> KeptDraft | None:
        """The draft of the script at a path; None when there is none or its file cannot be read."""
        with suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(self._file(path).read_bytes(), type=KeptDraft)
        return None

    def all(self) -> list[KeptDraft]:
        """Every draft that can be read, by the paths of their scripts."""
        found = []
        for file in self._folder.glob("*.json"):
            with suppress(OSError, msgspec.DecodeError):
                found.append(msgspec.json.decode(file.read_bytes(), type=KeptDraft))
        return sorted(found, key=lambda kept: kept.path)

    def drop(self, path: Path) -> None:
        """Forget the draft of the script at a path, if there is one."""
        with suppress(OSError):
            self._file(path).unlink(missing_ok=True)

    def _file(self, path: Path) -> Path:
        return self._folder / f"{hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:20]}.json"
