# SPDX-License-Identifier: GPL-2.0-or-later
"""The person's own editor over the text."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path, PurePath

from engine.errors import InputError
from engine.vm.script_text import read_script

FALLBACK = "vi"


class ExternalEditorError(InputError):
    """The editor could not be run, or ended with an error; the text is as it was. Set $VISUAL or $EDITOR to another."""


def command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The command of $VISUAL, else of $EDITOR, else vi.

    Raises:
        ExternalEditorError: a quotation mark in it is not closed.
    """
    text = environment.get("VISUAL") or environment.get("EDITOR") or FALLBACK
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ExternalEditorError(f"invalid $VISUAL or $EDITOR `{text}`: {error}") from error


def edit(name: str, text: str, line: int, suspend: Callable[[], AbstractContextManager[None]], words: list[str]) -> str:
    """Let the person edit a text in an editor of their own; returns the text as it was left.

    Args:
        name: file name of the script; its suffix tells the editor the language.
        text: what to edit.
        line: where to put the cursor, from 1.
        suspend: gives the terminal away while its context lasts.
        words: the editor's command.

    Raises:
        ExternalEditorError: the editor does not exist or failed.
        ScriptFileError: it left no file that can be read.
    """
    with tempfile.TemporaryDirectory(prefix="vptop-edit-") as folder:
        path = Path(folder) / PurePath(name).name
        path.write_text(text, encoding="utf-8")
        trouble: OSError | None = None
        status = 0
        with suspend():
            try:
                status = subprocess.run([*words, f"+{line}", str(path)], check=False).returncode
            except OSError as error:  # not one that leaves `suspend`: the terminal would not come back
                trouble = error
        if trouble is not None:
            raise ExternalEditorError(f"cannot run {words[0]}: {trouble.strerror or trouble}; set $EDITOR") from trouble
        if status:
            raise ExternalEditorError(f"{words[0]} ended with status {status}; the text is unchanged")
        return read_script(path)
