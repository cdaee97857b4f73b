# SPDX-License-Identifier: GPL-2.0-or-later
"""Several files as one script: definitions in one, probes in another.

A line `; @file NAME` begins the text of another file. Diagnostics, run-time errors and listings then have the name of
that file, and lines counted in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.vp.diagnostics.source import SourceText

_MARKER = re.compile(r"^; @file (?P<name>[^\n]+)\n", re.MULTILINE)


def join(files: Iterable[tuple[str, str]]) -> str:
    """The text of one script that consists of files, each given by name and text."""
    return "".join(f"; @file {name}\n{text.rstrip()}\n" for name, text in files)


def split(script: SourceText) -> list[SourceText]:
    """The files of a script; a script that was not joined is its only file."""
    markers = list(_MARKER.finditer(script.text))
    if not markers:
        return [script]
    files = [SourceText(script.name, script.text[: markers[0].start()])] if markers[0].start() else []
    ends = [*(marker.start() for marker in markers[1:]), len(script.text)]
    return files + [
        SourceText(marker["name"], script.text[marker.end() : end]) for marker, end in zip(markers, ends, strict=True)
    ]


def lines_before(text: str) -> dict[str, int]:
    """For each file of a joined script, the number of lines in the whole text before its first one."""
    return {marker["name"]: text.count("\n", 0, marker.end()) for marker in _MARKER.finditer(text)}
