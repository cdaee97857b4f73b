# SPDX-License-Identifier: GPL-2.0-or-later
"""The library of ready scripts: `vptop scripts`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import msgspec

from engine.vp import parse
from engine.vp.analysis.guest_symbols import symbols_in
from engine.vp.diagnostics.nearest import nearest
from engine.vp.syntax.ast import Vprobe
from engine.vp.tables.probes import DYNAMIC
from vptop.cli import console
from vptop.model.scriptfiles import LIBRARY, SUFFIX, read

NOTHING = 1
_TITLE = re.compile(r"^; \S+\.vp - (.+)$", re.MULTILINE)
_ANY, _LINUX = "any", "Linux"


class LibraryScript(msgspec.Struct, frozen=True):
    """A script of the library."""

    name: str
    question: str
    """that it answers"""
    guest: str
    """`Linux` when it names symbols of that kernel, else `any`"""
    path: str


def library() -> list[LibraryScript]:
    """Every script of the library, by name."""
    return [_described(path) for path in sorted(LIBRARY.glob(f"*{SUFFIX}"))]


def show(name: str, *, json: bool = False) -> int:
    """Print the list, or one script; status 1 when there is none of that name."""
    scripts = library()
    if name:
        chosen = next((script for script in scripts if script.name == name.removesuffix(SUFFIX)), None)
        if chosen is None:
            close = nearest(name, [script.name for script in scripts])
            console.complain(f"no script {name} in the library" + (f"; did you mean {close[0]}?" if close else ""))
            return NOTHING
        sys.stdout.write(Path(chosen.path).read_text("utf-8"))
    elif json:
        sys.stdout.writelines(msgspec.json.encode(script).decode() + "\n" for script in scripts)
    else:
        width = max(len(script.name) for script in scripts)
        sys.stdout.writelines(f"{one.name:<{width}}  {one.guest:<{len(_LINUX)}}  {one.question}\n" for one in scripts)
    return 0


def _described(path: Path) -> LibraryScript:
    source = read(path).source
    title = _TITLE.search(source)
    return LibraryScript(path.stem, title[1] if title else "", _guest_of(source), str(path))


def _guest_of(source: str) -> str:
    points = [form.point.name for form in parse(source)[0].forms if isinstance(form, Vprobe)]
    symbolic = any(symbols_in(row, name) for name in points for row in DYNAMIC if name.startswith(f"{row.name}:"))
    return _LINUX if symbolic else _ANY
