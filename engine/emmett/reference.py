# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/emmett.md: the guide with its programs, and tables.

`python -m engine.emmett.reference docs/emmett docs/emmett.md` writes it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from engine.emmett.analysis.library import CONSTANTS, FUNCTIONS, usage
from engine.emmett.analysis.loops import MOST_TURNS
from engine.emmett.diagnostics.codes import CODES
from engine.emmett.types.models import MODELS
from engine.vp.tables.builtins import BUILTINS

_PLACE = re.compile(r"\{\{(.+?)\}\}")
_ALSO = {
    "logaggr": "Print an aggregate.",
    "clearaggr": "Delete all rows of an aggregate.",
    "curpid": "Number of the guest's current process; brought by the guest.",
    "curprocname": "Name of the guest's current process; brought by the guest.",
}


def page(folder: Path) -> str:
    """The whole page, in Markdown.

    Args:
        folder: with guide.md and the programs it shows.
    """
    guide = (folder / "guide.md").read_text("utf-8")
    return _PLACE.sub(lambda found: _filled(found[1], folder), guide) + "\n".join(_sections())


def _filled(what: str, folder: Path) -> str:
    if what == "turns":
        return str(MOST_TURNS)
    if what == "table:models":
        rows = ((f"`{m.name}`", m.accessor, m.int_bytes, m.long_bytes, m.pointer_bytes) for m in MODELS.values())
        return _table(("Model", "Reads with", "`int`", "`long`", "Pointer"), rows)
    return f"```c\n{(folder / what).read_text('utf-8')}```"


def _sections() -> Iterable[str]:
    yield "# Reference\n"
    functions = sorted(FUNCTIONS.values(), key=lambda row: row.name)
    rows = (
        (f"`{usage(row)}`", BUILTINS[row.name].doc if row.name in BUILTINS else _ALSO[row.name]) for row in functions
    )
    yield f"## Functions\n\n{_table(('Call', 'Meaning'), rows)}\n"
    constants = ((f"`{name}`", value) for name, value in CONSTANTS.items())
    yield f"## Constants\n\n{_table(('Name', 'Value'), constants)}\n"
    codes = ((code.code, code.title, code.explanation) for code in CODES.values())
    yield "## Diagnostics\n\nThose of [VP](vp.md#diagnostics) are possible too.\n"
    yield _table(("Code", "Title", "Meaning"), codes) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(page(Path(sys.argv[1])), "utf-8")
