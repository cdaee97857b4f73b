# SPDX-License-Identifier: GPL-2.0-or-later
"""The preprocessor: #include, #define, #undef, #ifdef, #ifndef, #else, #endif, as in C.

Words that come out of a macro stand where the macro was used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from engine.emmett.syntax.location import Location
from engine.emmett.syntax.words import DIRECTIVE, SPEC, Word, words_of
from engine.vp.diagnostics.source import Findings, SourceText

MOST_INCLUDES = 32
"""Files nested inside of one another."""
MOST_WORDS = 1_000_000
"""Words of a program after all macros; more come from macros that blow up."""
_INCLUDE = re.compile(r'#include[ \t]*(?:"([^"\n]*)"|<([^>\n]*)>)[ \t]*(?://.*|/\*.*)?$')
_DEFINE = re.compile(r"#define[ \t]+([A-Za-z_]\w*)(\([^)\n]*\))?")
_NAMED = re.compile(r"#(undef|ifdef|ifndef)[ \t]+([A-Za-z_]\w*)")

Opener = Callable[[str, str], SourceText | None]
"""Finds the text an #include names: the name in quotes, and the name of the including text."""


def no_files(_name: str, _including: str) -> None:
    """An opener for texts that have no folder."""


@dataclass(frozen=True, slots=True)
class Macro:
    """One #define; parameters None: without parentheses."""

    parameters: tuple[str, ...] | None
    body: tuple[Word, ...]


@dataclass(slots=True)
class _Condition:
    """One #ifdef: whether its words count, and whether #else was seen."""

    at: Location
    active: bool
    otherwise: bool = False


@dataclass(slots=True)
class Preprocessor:
    """Reads texts one after the other; macros stay known from one to the next."""

    findings: Findings
    opener: Opener = no_files
    libraries: frozenset[str] = frozenset()
    """names that may stand in `#include <name>`"""
    macros: dict[str, Macro] = field(default_factory=dict)
    included: dict[str, Location] = field(default_factory=dict)
    """texts by name, and the #include that brought each"""
    asked: set[str] = field(default_factory=set)
    """libraries that were included"""
    specs: list[Word] = field(default_factory=list)
    """lines with @ at the start of a text"""
    _count: int = 0

    def words(self, source: SourceText) -> Iterator[Word]:
        """The words of a text and all it includes."""
        for word in _Expander(self._read(source, ()), self.macros).words():
            self._count += 1
            if self._count > MOST_WORDS:
                message = f"the program has more than {MOST_WORDS} words after macro expansion"
                self.findings.add("E605", word.at.source, word.at.span, message, expected="smaller macros")
                return
            yield word

    def _read(self, source: SourceText, inside: tuple[str, ...]) -> Iterator[Word]:
        conditions: list[_Condition] = []
        for word in words_of(source, self.findings):
            active = all(condition.active for condition in conditions)
            if word.type == DIRECTIVE:
                if word.text.startswith("#include"):
                    yield from self._include(word, (*inside, source.name)) if active else ()
                else:
                    self._directive(word, conditions, active=active)
            elif active and word.type == SPEC:
                self.specs.append(word)
            elif active:
                yield word
        for condition in conditions:
            self._add("E605", condition.at, "this condition is not closed", expected="`#endif`")

    def _add(self, code: str, at: Location, message: str, *, expected: str = "") -> None:
        self.findings.add(code, at.source, at.span, message, expected=expected)

    # --- directives ---

    def _include(self, word: Word, inside: tuple[str, ...]) -> Iterator[Word]:
        found = _INCLUDE.match(word.text.rstrip())
        if found is None:
            self._add("E605", word.at, "invalid #include", expected='`#include "FILE"` or `#include <NAME>`')
            return
        name, library = found[1], found[2]
        if library is not None:
            self.asked.add(library)
            if library not in self.libraries:
                known = " or ".join(f"`#include <{one}>`" for one in sorted(self.libraries))
                message = f"no type information `<{library}>`" + ("" if known else " for this guest")
                self._add("E606", word.at, message, expected=known or "a Linux guest whose kernel has BTF")
            return
        source = self.opener(name, inside[-1])
        if source is None:
            self._add(
                "E606", word.at, f"cannot read `{name}`", expected="an Emmett file, by its path from this one's folder"
            )
        elif source.name in inside:
            self._add("E606", word.at, f"`{name}` includes itself", expected="a file that is not being included")
        elif len(inside) > MOST_INCLUDES:
            self._add("E606", word.at, "files are included too deep", expected=f"at most {MOST_INCLUDES} levels")
        else:
            self.included.setdefault(source.name, word.at)
            yield from self._read(source, inside)

    def _directive(self, word: Word, conditions: list[_Condition], *, active: bool) -> None:
        if word.text.startswith(("#else", "#endif")):
            self._end(word, conditions)
        elif word.text.startswith("#define"):
            if active:
                self._define(word)
        else:
            found = _NAMED.match(word.text)
            assert found is not None  # noqa: S101 - words_of wants a name here
            if found[1] == "undef":
                if active:
                    self.macros.pop(found[2], None)
            else:
                conditions.append(_Condition(word.at, (found[2] in self.macros) is (found[1] == "ifdef")))

    def _end(self, word: Word, conditions: list[_Condition]) -> None:
        name = word.text.split()[0]
        if not conditions:
            self._add("E605", word.at, f"`{name}` without a condition", expected="`#ifdef NAME` before it")
        elif name == "#endif":
            conditions.pop()
        elif conditions[-1].otherwise:
            self._add("E605", word.at, "a second `#else`", expected="`#endif`")
        else:
            conditions[-1] = replace(conditions[-1], active=not conditions[-1].active, otherwise=True)

    def _define(self, word: Word) -> None:
        found = _DEFINE.match(word.text)
        assert found is not None  # noqa: S101 - words_of wants a name here
        parameters = None if found[2] is None else tuple(p.strip() for p in found[2][1:-1].split(",") if p.strip())
        body = word.text[found.end() :].replace("\\\r\n", "   ").replace("\\\n", "  ")
        before = word.at.source.text[: word.at.start + found.end()]
        alone = SourceText(word.at.source.name, re.sub(r"[^\n]", " ", before) + body)
        words = (
            replace(one, at=Location(word.at.source, one.at.start, one.at.end))
            for one in words_of(alone, self.findings)
        )
        self.macros[found[1]] = Macro(parameters, tuple(words))


class _Expander:
    """Replaces macros in a stream of words."""

    def __init__(self, words: Iterable[Word], macros: dict[str, Macro]) -> None:
        self._words = iter(words)
        self._macros = macros

    def words(self) -> Iterator[Word]:
        yield from self._expand(self._words, frozenset())

    def _expand(self, words: Iterator[Word], hidden: frozenset[str]) -> Iterator[Word]:
        for word in words:
            macro = self._macros.get(word.text) if word.type == "NAME" and word.text not in hidden else None
            if macro is None:
                yield word
            elif macro.parameters is None:
                yield from self._body(macro, {}, word, hidden)
            else:
                first = next(words, None)
                if first is None or first.type != "LPAR":
                    yield word
                    words = words if first is None else chain([first], words)
                    yield from self._expand(words, hidden)
                    return
                arguments = [list(self._expand(iter(part), hidden)) for part in _arguments(words)]
                yield from self._body(macro, dict(zip(macro.parameters, arguments, strict=False)), word, hidden)

    def _body(
        self, macro: Macro, arguments: dict[str, list[Word]], use: Word, hidden: frozenset[str]
    ) -> Iterator[Word]:
        placed: list[Word] = []
        for word in macro.body:
            here = [replace(word, at=use.at)]
            placed += arguments.get(word.text, here) if word.type == "NAME" else here
        yield from self._expand(iter(placed), hidden | {use.text})


def _arguments(words: Iterator[Word]) -> list[list[Word]]:
    """The words between the commas, up to the parenthesis that closes."""
    parts: list[list[Word]] = [[]]
    depth = 0
    for word in words:
        if word.type == "RPAR" and not depth:
            break
        depth += (word.type in ("LPAR", "LBRACKET")) - (word.type in ("RPAR", "RBRACKET"))
        if word.type == "COMMA" and not depth:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts
