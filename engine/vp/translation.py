# SPDX-License-Identifier: GPL-2.0-or-later
"""VP text that another language's compiler wrote, with the place in the original source of every part of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from engine.vp.diagnostics.diagnostic import Diagnostic, Span
from engine.vp.diagnostics.source import SourceText
from engine.vp.program import Program

_WORD = re.compile(r"[^\s()\"`,;]*[^\s()\"`,;:]")


@dataclass(frozen=True, slots=True)
class Origin:
    """The VP text from character `offset` on, up to the next origin, was written for `span` of `source`."""

    offset: int
    source: SourceText
    span: Span


@dataclass(frozen=True, slots=True)
class Translation:
    """VP text and where it comes from.

    Diagnostics, run-time errors and definitions of the compiled program are placed in the original source, and carry
    the names that stand there.
    """

    source: SourceText
    """The file that was translated; what comes before the first origin belongs to its beginning."""
    text: str
    """The VP text."""
    origins: tuple[Origin, ...]
    """Sorted by offset. Several sources are allowed: included files have their own."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names in the original source by the names in the VP text, where the two differ; those of probes among them."""
    names_guest: bool = False
    """Addresses or types of the guest are in the text."""
    included: Mapping[str, Span] = field(default_factory=dict)
    """Where other sources were included in the main one, by their names. What is defined there has that place."""

    def origin(self, offset: int) -> Origin:
        """Where the character of the VP text at `offset` comes from."""
        index = bisect_right(self.origins, offset, key=lambda origin: origin.offset)
        return self.origins[index - 1] if index else Origin(0, self.source, self.source.span(0, 0))

    def written(self, name: str) -> str:
        """A name as the original source has it."""
        return self.names.get(name, name)

    def diagnostic(self, diagnostic: Diagnostic, text: SourceText) -> Diagnostic:
        """A diagnostic about the VP text (`text`), placed in the original source.

        Notes speak of VP text and are dropped; so are fixes and suggestions, unless what they replace is written the
        same way in the original source.
        """
        if diagnostic.file != text.name:
            return diagnostic
        origin = self.origin(text.offset(diagnostic.span.line, diagnostic.span.column))
        is_same = origin.source.text_of(origin.span) == text.text_of(diagnostic.span)
        fix = diagnostic.fix if is_same and diagnostic.fix and diagnostic.fix.span == diagnostic.span else None
        return replace(
            diagnostic,
            file=origin.source.name,
            span=origin.span,
            source_line=origin.source.line(origin.span.line),
            message=self._sentence(diagnostic.message),
            expected=self._sentence(diagnostic.expected),
            suggestions=diagnostic.suggestions if is_same else (),
            notes=(),
            fix=None if fix is None else replace(fix, span=origin.span),
        )

    def program(self, program: Program, text: SourceText) -> Program:
        """The compiled VP text as a program of the original source."""

        def span(there: Span) -> Span:
            origin = self.origin(text.offset(there.line, there.column))
            if origin.source is self.source:
                return origin.span
            return self.included.get(origin.source.name, self.source.span(0, 0))

        def is_ours(name: str) -> bool:
            return name not in program.prelude

        places = []
        for place in program.places:
            if place.file == text.name:
                origin = self.origin(text.offset(place.span.line, place.span.column))
                place = replace(place, file=origin.source.name, span=origin.span)  # noqa: PLW2901
            places.append(place)
        return replace(
            program,
            source=self.source.text,
            translated=self.text,
            names_guest=self.names_guest,
            integers=tuple((self.written(name), value) for name, value in program.integers),
            strings=tuple((self.written(name), value) for name, value in program.strings),
            functions=tuple(
                replace(row, name=self.written(row.name), span=span(row.span)) if is_ours(row.name) else row
                for row in program.functions
            ),
            probes=tuple(
                replace(row, span=span(row.span), point=replace(row.point, name=self.written(row.point.name)))
                for row in program.probes
            ),
            aggregates=tuple(
                replace(row, name=self.written(row.name), span=span(row.span)) if is_ours(row.name) else row
                for row in program.aggregates
            ),
            bags=tuple(
                replace(row, name=self.written(row.name), span=span(row.span)) if is_ours(row.name) else row
                for row in program.bags
            ),
            places=tuple(places),
        )

    def _sentence(self, text: str) -> str:
        return _WORD.sub(lambda word: self.written(word[0]), text)
