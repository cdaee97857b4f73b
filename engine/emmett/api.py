# SPDX-License-Identifier: GPL-2.0-or-later
"""Emmett to VP text, and on to a Program whose places are those of the Emmett text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.emmett.analysis.context import Context
from engine.emmett.analysis.library import FUNCTIONS, functions_of
from engine.emmett.analysis.program import Program as Analysis
from engine.emmett.analysis.program import inferred
from engine.emmett.analysis.symbols import Symbols
from engine.emmett.codegen.layout import DEFAULT_HEIGHT, Writer
from engine.emmett.codegen.program import write_program
from engine.emmett.header import read_header
from engine.emmett.syntax.location import Location
from engine.emmett.syntax.parser import Parser, is_no_library_type
from engine.emmett.syntax.preprocessor import Opener, Preprocessor, no_files
from engine.emmett.types.models import DEFAULT, Model
from engine.emmett.types.types import Type
from engine.vp.api import Compilation, compile_translation
from engine.vp.diagnostics.diagnostic import Diagnostic, Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.guest_types import TypeProvider
from engine.vp.limits import Limits
from engine.vp.prelude import Prelude
from engine.vp.translation import Origin
from engine.vp.translation import Translation as VpTranslation


@dataclass(frozen=True, slots=True)
class Options:
    """What surrounds a program.

    Attributes:
        addresses: of the guest's symbols; None for those of the prelude.
        prelude: what the guest brings: functions, symbols, types.
        opener: finds the texts that `#include "…"` names.
        model: the memory model at the start.
        log_aggregates: log and clear all aggregates once a second.
        height: of the expressions that stand on one line of the VP text.
    """

    addresses: Mapping[str, int] | None = None
    prelude: Prelude | None = None
    opener: Opener = no_files
    model: Model = DEFAULT
    log_aggregates: bool = False
    height: int = DEFAULT_HEIGHT


@dataclass(frozen=True, slots=True)
class Translation:
    """The result of translating a program: VP text unless there is an error."""

    vp: VpTranslation | None
    """The text, and the place in Emmett of each part of it."""
    diagnostics: tuple[Diagnostic, ...]
    symbols: Symbols
    """What the program defines."""
    types: TypeProvider | None
    """The types of the guest, if the program includes them."""


def translate(sources: Sequence[SourceText], options: Options | None = None) -> Translation:
    """Translate the texts of one program into VP. Never raises for what is wrong with it.

    Args:
        sources: at least one; they share their names, as if they were one text.
        options: what surrounds it.
    """
    options = options or Options()
    findings = Findings()
    guest = options.prelude
    libraries = frozenset() if guest is None or guest.types is None else frozenset({guest.types.library})
    reader = Preprocessor(findings, options.opener, libraries)
    words = [word for source in sources for word in reader.words(source)]
    provider = guest.types if guest is not None and reader.asked & libraries else None
    header = read_header(reader.specs, options.model, options.opener, findings)
    is_type = is_no_library_type if provider is None else (lambda name: provider.typedef(name) is not None)
    items = Parser(findings, is_type).items(words)
    functions = FUNCTIONS | functions_of(options.prelude)
    addresses = _addresses(options) if header.addresses is None else header.addresses

    def context(found: Findings, coming: Mapping[str, Type] | None) -> Context:
        return Context(found, functions, addresses, provider, header.model, coming=coming)

    first = Analysis(context(Findings(), None))
    first.analyse(items)
    program = Analysis(context(findings, inferred(first.symbols)))
    program.analyse(items, log_aggregates=options.log_aggregates)
    symbols = program.symbols
    names_guest = provider is not None or program.names_guest
    vp = None if findings.has_errors else _written(sources[0], symbols, reader.included, options.height, names_guest)
    return Translation(vp, findings.sorted(), symbols, provider)


def _addresses(options: Options) -> Mapping[str, int] | None:
    """The guest's symbols; None when none are known."""
    if options.addresses is not None:
        return options.addresses
    return options.prelude.addresses or None if options.prelude is not None else None


def _written(
    main: SourceText, symbols: Symbols, included: Mapping[str, Location], height: int, names_guest: bool
) -> VpTranslation:
    """An analysed program as VP text."""
    writer = Writer(height)
    write_program(symbols, writer)
    origins = tuple(Origin(offset, at.source, at.span) for offset, at in writer.origins)
    names = symbols.shown | {probe.point: probe.written for probe in symbols.probes if probe.point != probe.written}
    places: dict[str, Span] = {}
    for name, at in included.items():
        while at.source is not main and at.source.name in included:
            at = included[at.source.name]  # noqa: PLW2901 - up to the text that holds all others
        places[name] = at.span
    return VpTranslation(main, writer.text, origins, names, names_guest, places)


def compile_emmett(
    source: str, name: str = "<script>", *, options: Options | None = None, limits: Limits | None = None
) -> Compilation:
    """Compile a program. Never raises for what is wrong with it: that comes back as diagnostics.

    Args:
        source: the text.
        name: of the program, for diagnostics and listings.
        options: what surrounds it; its prelude is linked in.
        limits: of the engine.
    """
    options = options or Options()
    translation = translate([SourceText(name, source)], options)
    if translation.vp is None:
        return Compilation(None, translation.diagnostics)
    if not translation.symbols.probes:
        return Compilation(None, (*translation.diagnostics, _no_probe(translation.vp.source)))
    compiled = compile_translation(translation.vp, prelude=options.prelude, limits=limits)
    diagnostics = dict.fromkeys((*translation.diagnostics, *compiled.diagnostics))
    return Compilation(compiled.program, tuple(sorted(diagnostics, key=_place)))


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    return diagnostic.file, diagnostic.span.line, diagnostic.span.column, diagnostic.code


def _no_probe(source: SourceText) -> Diagnostic:
    findings = Findings()
    span = source.span(0, 0)
    findings.add("E633", source, span, "the program has no probe", expected="for example `VMM1Hz { … }`")
    return findings.items[0]
