# SPDX-License-Identifier: GPL-2.0-or-later
"""The seam between languages and the rest: a source text with a file name becomes a Compilation.

`Language` is what every scripting language offers; `VP` is the one of this package. A compiler of another language
(engine.emmett) implements `Language.compile` by writing VP text and handing it to `compile_translation` together with
the place of every part of it in the original source; it never builds a Program by itself. engine.probes.languages
holds the table of all languages and picks one by the suffix of the file name: to add a language, add it there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from engine.vp.analysis.checker import check
from engine.vp.analysis.definitions import Definer
from engine.vp.analysis.symbols import Symbols
from engine.vp.codegen.compile import Compiler
from engine.vp.diagnostics.diagnostic import Diagnostic
from engine.vp.diagnostics.files import split
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.editing import completion, scanning
from engine.vp.editing.names import Candidate, Names, names_of
from engine.vp.editing.scanning import Scanner
from engine.vp.editing.token_list import TokenList
from engine.vp.limits import Limits
from engine.vp.prelude import Prelude, functions, reached
from engine.vp.program import Program
from engine.vp.syntax.ast import Form, Script
from engine.vp.syntax.parser import Parser
from engine.vp.syntax.reader import Group, read
from engine.vp.translation import Translation


@dataclass(frozen=True, slots=True)
class Compilation:
    """The result of compiling a script: a program unless there is an error; warnings may come with a program."""

    program: Program | None
    diagnostics: tuple[Diagnostic, ...]
    """Sorted by file and place, each placed in the source as its author wrote it."""


class Language(Protocol):
    """A language that scripts are written in. Lines and columns count from 1 everywhere."""

    @property
    def name(self) -> str:
        """The name of the language, for people: `VP`."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Suffixes of file names in this language, in lower case with the dot: `(".vp",)`."""

    @property
    def comment(self) -> str:
        """What begins a comment that extends to the end of its line: `;`."""

    def compile(self, source: str, name: str, prelude: Prelude | None, limits: Limits | None) -> Compilation:
        """Compile a script.

        Args:
            source: The text of the script.
            name: The file name; diagnostics and run-time errors carry it.
            prelude: Functions of the guest, in VP; only those that the script reaches are compiled in, and the
                script's own definition of a name wins.
            limits: The limits of the engine; None for the defaults.

        Returns:
            The program and its diagnostics. Errors of the script never raise.
        """

    def translate(self, source: str, name: str) -> Translation | None:
        """The script as VP text, for what is read off a script without a guest; None if it has errors."""

    def tokens(self, source: str) -> TokenList:
        """The tokens of any text in order, for highlighting; no text is refused."""

    @property
    def typed(self) -> Scanner:
        """The tokens of a text that is being typed, as far as a screen shows them; used by one thread."""

    def prefix(self, source: str, line: int, column: int) -> str:
        """The part of a word that ends before a place."""

    def names(self, source: str, prelude: Prelude | None, /) -> Names:
        """What a text defines, also where the rest of it is wrong. For a long text this may take a second."""

    def candidates(
        self, source: str, line: int, column: int, prelude: Prelude | None, names: Names | None = None
    ) -> list[Candidate]:
        """The words that may stand at a place and begin with what is typed there, best first.

        Args:
            source: The text.
            line: Of the place.
            column: Of the place.
            prelude: Functions and symbols of the guest.
            names: What the text, or a recent version of it, defines; None: it is read now.
        """

    def meaning(
        self, source: str, line: int, column: int, prelude: Prelude | None, names: Names | None = None
    ) -> Candidate | None:
        """What the word at a place stands for; None when it is unknown. The arguments are those of `candidates`."""


class _VP:
    """The VP language."""

    name = "VP"
    suffixes = (".vp",)
    comment = ";"
    tokens: Callable[[str], TokenList] = staticmethod(scanning.scan)
    typed = scanning.TYPED
    prefix = staticmethod(completion.prefix_at)
    candidates = staticmethod(completion.candidates)
    meaning = staticmethod(completion.meaning)
    names: Callable[[str, Prelude | None], Names] = staticmethod(names_of)

    def compile(self, source: str, name: str, prelude: Prelude | None, limits: Limits | None) -> Compilation:
        return compile_script(source, name, prelude=prelude, limits=limits)

    def translate(self, source: str, name: str) -> Translation:
        return Translation(SourceText(name, source), source, ())


VP: Language = _VP()


def parse(source: str, name: str = "<script>") -> tuple[Script, tuple[Diagnostic, ...]]:
    """The syntax tree of everything in a VP text that could be read, and diagnostics about the rest."""
    findings = Findings()
    text = SourceText(name, source)
    forms = Parser(text, findings).forms(read(text, findings))
    return Script(name, tuple(forms)), findings.sorted()


def compile_script(
    source: str, name: str = "<script>", *, prelude: Prelude | None = None, limits: Limits | None = None
) -> Compilation:
    """Compile a VP script. Errors of the script never raise: they come back as diagnostics."""
    return _compile(SourceText(name, source), prelude, limits or Limits())


def compile_translation(
    translation: Translation, *, prelude: Prelude | None = None, limits: Limits | None = None
) -> Compilation:
    """Compile VP text that another compiler wrote; everything in the result is placed in the original source."""
    text = SourceText(translation.source.name, translation.text)
    compiled = _compile(text, prelude, limits or Limits())
    program = None if compiled.program is None else translation.program(compiled.program, text)
    return Compilation(program, tuple(translation.diagnostic(one, text) for one in compiled.diagnostics))


def _compile(text: SourceText, prelude: Prelude | None, limits: Limits) -> Compilation:
    findings, symbols = Findings(), Symbols()
    groups: list[Group] = []
    forms: list[tuple[Form, SourceText]] = []
    for file in split(text):
        parser = Parser(file, findings)
        own = read(file, findings)
        forms += [(form, file) for form in parser.forms(own)]
        symbols.broken |= parser.broken
        groups += own
    brought: list[tuple[Form, SourceText]] = []
    if prelude is not None:
        symbols.offered = functions(prelude)
        guest, extra = reached(prelude, groups, findings)
        brought = [(form, guest) for form in Parser(guest, findings).forms(extra)]
    definer = Definer(symbols, findings, limits, prelude.addresses if prelude else None)
    for form, file in [*forms, *brought]:
        definer.add(form, file)
    if not symbols.probes and not findings.has_errors:
        place, file = (forms[0][0].span, forms[0][1]) if forms else (text.span(0, 0), text)
        findings.add("E405", file, place, "this script has no probe", expected="(vprobe PROBE EXPRESSION …)")
    types = check(symbols, findings, limits)
    program = None
    if not findings.has_errors:
        names = frozenset(form.name.name for form, _ in brought if hasattr(form, "name"))
        program = Compiler(symbols, types, findings, limits).program(text.name, text.text, names)
    return Compilation(None if findings.has_errors else program, findings.sorted())
