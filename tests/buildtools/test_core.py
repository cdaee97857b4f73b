# SPDX-License-Identifier: GPL-2.0-or-later
"""The build of the C core."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from buildtools import core
from engine.core.library import LIBRARY


def test_a_change_of_any_source_or_header_rebuilds() -> None:
    found = {path for path in core.SOURCES.rglob("*") if path.suffix in {".c", ".h"}}
    assert set(core.CORE.sources) == found
    assert len(found) > 50


def test_the_library_that_python_loads_is_the_one_built() -> None:
    assert core.LIBRARY in core.CORE.outputs
    if "sanitized" not in str(LIBRARY):
        assert LIBRARY.resolve() == core.LIBRARY.resolve()


def test_every_function_that_python_may_call_is_exported() -> None:
    declared: set[str] = set()
    for header in (core.SOURCES / "include").glob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text("utf-8"), flags=re.DOTALL)
        text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", "static")))
        declared |= set(re.findall(r"\b(vpc_\w+)\([^;{)]*(?:\([^)]*\)[^;{)]*)*\);", text))
    shown = subprocess.run(["nm", "-D", "--defined-only", core.LIBRARY], capture_output=True, text=True, check=True)
    exported = {line.split()[2] for line in shown.stdout.splitlines()}
    assert len(declared) > 50
    assert declared <= exported


def test_no_symbol_of_a_newer_glibc_is_needed() -> None:
    assert f"linux-gnu.{core.GLIBC}" in " ".join(core.FLAGS)
    assert Path(core.SANITIZED).name == core.LIBRARY.name
