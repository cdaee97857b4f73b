# SPDX-License-Identifier: GPL-2.0-or-later
"""The library of ready scripts: what each asks, and of which guest."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import msgspec

from engine.guest.linux.prelude import FUNCTIONS
from engine.vp import parse
from engine.vp.analysis.guest_symbols import symbols_in
from engine.vp.syntax.ast import Call, Defun, Vprobe
from engine.vp.syntax.walk import walk
from engine.vp.tables.probes import DYNAMIC
from vptop.model.scriptfiles import LIBRARY, SUFFIX, read

_TITLE = re.compile(r"^; \S+\.vp - (.+)$", re.MULTILINE)
ANY, LINUX = "any", "Linux"
"""Guests that a script is for."""


class LibraryScript(msgspec.Struct, frozen=True):
    """A script of the library."""

    name: str
    question: str
    """that it answers"""
    guest: str
    """`Linux` when it names symbols of that kernel or calls functions that other guests do not have, else `any`"""
    path: str


def library() -> list[LibraryScript]:
    """Every script of the library, by name."""
    return [_described(path) for path in sorted(LIBRARY.glob(f"*{SUFFIX}"))]


def _described(path: Path) -> LibraryScript:
    source = read(path).source
    title = _TITLE.search(source)
    return LibraryScript(path.stem, title[1] if title else "", _guest_of(source), str(path))


def _guest_of(source: str) -> str:
    forms = parse(source)[0].forms
    points = [form.point.name for form in forms if isinstance(form, Vprobe)]
    symbolic = any(symbols_in(row, name) for name in points for row in DYNAMIC if name.startswith(f"{row.name}:"))
    bodies = chain.from_iterable(form.body for form in forms if isinstance(form, Vprobe | Defun))
    called = {one.function.name for one in walk(bodies) if isinstance(one, Call)}
    return LINUX if symbolic or called & FUNCTIONS else ANY
