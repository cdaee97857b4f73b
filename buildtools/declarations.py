# SPDX-License-Identifier: GPL-2.0-or-later
"""What the core's headers declare, as a Python module that cffi reads without parsing C when a program starts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from cffi import FFI

MODULE = "engine.core.declarations"
HEAD = """# SPDX-License-Identifier: GPL-2.0-or-later
\"\"\"Written by buildtools/declarations.py from the headers of the core.\"\"\"
"""


def declared(header: Path) -> str:
    """A header as cffi reads it: numeric defines stay, every other preprocessor line goes."""
    text = header.read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#") or re.match(r"#define \w+ \d+\b", line))
    return re.sub(r"^(#define \w+ \d+).*$", r"\1", "\n".join(lines), flags=re.MULTILINE)


def write_module(headers: Iterable[Path], output: Path) -> None:
    """Write the module of these headers, in the order in which they depend on each other."""
    ffi = FFI()
    for header in headers:
        ffi.cdef(declared(header))
    ffi.set_source(MODULE, None)
    fresh = output.with_suffix(".new")
    with redirect_stdout(StringIO()):  # it says that it writes a file
        ffi.emit_python_code(str(fresh))
    fresh.write_text(HEAD + fresh.read_text("utf-8"), "utf-8")
    fresh.replace(output)
