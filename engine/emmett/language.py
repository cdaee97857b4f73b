# SPDX-License-Identifier: GPL-2.0-or-later
"""Emmett as one of the languages of scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.emmett.api import Options, compile_emmett, translate
from engine.emmett.editing import completion
from engine.emmett.editing.tokens import TYPED, scan
from engine.emmett.files import beside
from engine.vp.api import Compilation
from engine.vp.diagnostics.source import SourceText
from engine.vp.editing.names import Names
from engine.vp.editing.token_list import TokenList
from engine.vp.limits import Limits
from engine.vp.prelude import Prelude
from engine.vp.translation import Translation


class Emmett:
    """The Emmett language. Programs include files from the folder that their name gives."""

    name = "Emmett"
    suffixes = (".emt",)
    comment = "//"
    tokens: Callable[[str], TokenList] = staticmethod(scan)
    typed = TYPED
    prefix = staticmethod(completion.prefix_at)
    candidates = staticmethod(completion.candidates)
    meaning = staticmethod(completion.meaning)
    names: Callable[[str, Prelude | None], Names] = staticmethod(completion.names_of)

    def __init__(self, options: Options | None = None) -> None:
        self._options = options or Options(opener=beside)

    def compile(self, source: str, name: str, prelude: Prelude | None, limits: Limits | None) -> Compilation:
        """Compile a program; see `engine.vp.Language`."""
        return compile_emmett(source, name, options=replace(self._options, prelude=prelude), limits=limits)

    def translate(self, source: str, name: str) -> Translation | None:
        """The VP text of a program; see `engine.vp.Language`."""
        return translate([SourceText(name, source)], self._options).vp
