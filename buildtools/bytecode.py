# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytecode of every module, as pip makes it of a wheel's: without it each start compiles the modules that it imports.

Python writes it at the first import, but not where PYTHONDONTWRITEBYTECODE is set.
"""

from __future__ import annotations

import compileall
from pathlib import Path

from buildtools.toolchain import ROOT

PACKAGES = ("engine", "vptop")


def compile_modules(root: Path = ROOT) -> tuple[Path, ...]:
    """Compile what is not current. A module with a syntax error is left to whoever imports it."""
    folders = tuple(root / package for package in PACKAGES)
    for folder in folders:
        compileall.compile_dir(folder, quiet=2)
    return folders
