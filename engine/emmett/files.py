# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts that a program includes, from files beside it."""

from __future__ import annotations

from pathlib import Path

from engine.vp.diagnostics.source import SourceText

FILE_BYTES = 4 << 20
"""Largest file that is included."""


def beside(name: str, including: str) -> SourceText | None:
    """The text of a file, named from the folder of the text that includes it; None when it cannot be read."""
    path = Path(including).parent / name
    try:
        if not path.is_file() or path.stat().st_size > FILE_BYTES:
            return None
        data = path.read_bytes()
    except (OSError, ValueError):
        return None
    try:
        return SourceText(str(path), data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return SourceText(str(path), data.decode("latin-1"))
