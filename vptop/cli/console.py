# SPDX-License-Identifier: GPL-2.0-or-later
"""What the commands write on a plain terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TextIO

from engine.vp.diagnostics.diagnostic import Diagnostic
from engine.vp.diagnostics.render import render
from vptop.model.plain import clean_lines


def harmless(text: str) -> str:
    """Text with its lines, but without anything that would drive a terminal."""
    return "\n".join(clean_lines(text))


def complain(message: str) -> None:
    """One message on standard error."""
    sys.stderr.write(f"vptop: {harmless(message)}\n")


def warn(message: str) -> None:
    """Say on standard error what does not stop the program."""
    complain(f"warning: {message}")


def wants_color(stream: TextIO) -> bool:
    """Colour only on a terminal, and not where NO_COLOR is set (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def show_diagnostics(diagnostics: Sequence[Diagnostic]) -> None:
    """Diagnostics with source line and caret, on standard error."""
    for diagnostic in diagnostics:
        sys.stderr.write(render(diagnostic, color=wants_color(sys.stderr)) + "\n")
