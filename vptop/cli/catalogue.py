# SPDX-License-Identifier: GPL-2.0-or-later
"""The library of ready scripts: `vptop scripts`."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from engine.vp.diagnostics.nearest import nearest
from vptop.cli import console
from vptop.model.library import LINUX, library
from vptop.model.scriptfiles import SUFFIX

NOTHING = 1


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
        sys.stdout.writelines(f"{one.name:<{width}}  {one.guest:<{len(LINUX)}}  {one.question}\n" for one in scripts)
    return 0
