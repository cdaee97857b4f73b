# SPDX-License-Identifier: GPL-2.0-or-later
"""Emmett, the C-like language above VP (manual p. 9): Emmett text becomes VP text, and that a Program."""

from engine.emmett.api import Options, Translation, compile_emmett, translate
from engine.emmett.language import Emmett

__all__ = ["Emmett", "Options", "Translation", "compile_emmett", "translate"]
