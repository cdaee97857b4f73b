# SPDX-License-Identifier: GPL-2.0-or-later
"""Words to a syntax tree; after an error, parsing goes on behind the statement or item that holds it."""

from __future__ import annotations

from collections.abc import Callable

from engine.emmett.syntax.ast import Item
from engine.emmett.syntax.cursor import Cursor
from engine.emmett.syntax.kinds import classified
from engine.emmett.syntax.location import Location
from engine.emmett.syntax.words import KEYWORDS, REFUSED, Word
from engine.vp.diagnostics.diagnostic import Fix
from engine.vp.diagnostics.source import Findings
from engine.vp.tables.forms import SPECIALS

MAX_NESTING = 60
"""Brackets inside of one another."""
_OPENING = {"LPAR": "RPAR", "LBRACE": "RBRACE", "LBRACKET": "RBRACKET"}
_CLOSING = set(_OPENING.values())
_LEFT_OUT = {"static", "extern", "register", "auto", "volatile"}
"""Refused words without which the program means the same."""
_NUMBERS = {"float", "double", "bool"}
_EXPRESSION = {"NAME", "INTEGER", "STRING", "LPAR"}
_TYPE = {"VOID", "CHAR", "INT", "TYPE_NAME", "STRUCT"}
_NO_WORDS = {"E601", "E602"}
"""What is reported of text that holds no words."""
_COMPLETE = {"SEMICOLON", "LBRACE", "RBRACE", "LPAR"}
"""Words behind which no `;` is missing."""
_SHOWN = {
    "SEMICOLON": "`;`", "RPAR": "`)`", "RBRACE": "`}`", "RBRACKET": "`]`", "LPAR": "`(`", "LBRACE": "`{`",
    "COMMA": "`,`", "COLON": "`:`", "ASSIGN": "`=`", "INSERT": "`<-`", "CATCH": "`catch`", "NAME": "a name",
}  # fmt: skip
_MOST_SHOWN = 4


def is_no_library_type(_name: str) -> bool:
    """For programs without type information of a guest."""
    return False


_VP = ("this reads as VP, whose files end in `.vp`",)


class Parser:
    """Parses the words of one program."""

    def __init__(self, findings: Findings, is_library_type: Callable[[str], bool] = is_no_library_type) -> None:
        self._findings = findings
        self._is_library_type = is_library_type
        self._items: list[Item] = []
        self._open: list[Word] = []
        self._marks: list[Cursor] = []
        """The parser behind the last statement of each open block, outermost first."""
        self._last: Word | None = None
        self._stuck = -1
        """the number of the word before which parsing went on after the latest error"""

    def items(self, words: list[Word]) -> list[Item]:
        """Everything that could be parsed, in order."""
        queue = list(classified(words, self._is_library_type))
        self._cursor = Cursor()
        self._marks = [self._cursor.copy()]
        number = 0
        while number < len(queue):
            number = self._feed(queue, number)
        if words:
            self._end(words[-1].at)
        return self._items

    # --- one word ---

    def _feed(self, queue: list[Word], number: int) -> int:
        """Give the parser a word; the number of the next one."""
        word = queue[number]
        if word.type == "NAME" and word.text in REFUSED:
            return self._refuse(queue, number)
        if len(self._open) >= MAX_NESTING and word.type in _OPENING:
            self._report("E607", word.at, "nested too deep", expected=f"at most {MAX_NESTING} levels of brackets")
            return self._skip(queue, number)
        if not self._cursor.feed(word):
            return self._mend(queue, number)
        self._note(word)
        return number + 1

    def _note(self, word: Word) -> None:
        """Keep the open brackets, and where parsing may go on after an error."""
        self._last = word
        if word.type in _OPENING:
            self._open.append(word)
            if word.type == "LBRACE":
                self._marks.append(self._cursor.copy())
        elif word.type in _CLOSING and self._open:
            self._open.pop()
            if word.type == "RBRACE" and len(self._marks) > 1:
                self._marks.pop()
                self._mark()
        elif word.type == "SEMICOLON":
            self._mark()

    def _mark(self) -> None:
        if any(word.type != "LBRACE" for word in self._open):
            return
        if len(self._marks) > 1 or "$END" in self._cursor.choices():
            self._marks[-1] = self._cursor.copy()

    # --- errors ---

    def _report(
        self, code: str, at: Location, message: str, *, expected: str = "", fix: Fix | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self._findings.add(code, at.source, at.span, message, expected=expected, fix=fix, notes=notes)

    def _mend(self, queue: list[Word], number: int) -> int:
        """Report an unexpected word and go on: behind a `;` that is put in, or behind the statement."""
        word, allowed = queue[number], self._cursor.allowed()
        last = self._last
        if "SEMICOLON" in allowed and last is not None and last.type not in _COMPLETE and self._begins_line(word, last):
            at = last.at
            end = at.source.span(at.end, at.end)
            fix = Fix(end, ";", "insert `;`")
            place = Location(at.source, at.end - 1, at.end)
            self._report("E608", place, f"missing `;` after `{last.text[:40]}`", expected="`;`", fix=fix)
            semicolon = Word("SEMICOLON", ";", place)
            self._cursor.feed(semicolon)
            self._note(semicolon)
            return number
        if self._is_doubtful(word.at):
            return self._skip(queue, number)
        shown = word.text if len(word.text) <= 40 else word.text[:40] + "…"
        message = f"unexpected `{shown}`"
        self._report("E608", word.at, message, expected=_words_for(allowed), notes=self._notes(queue, number, allowed))
        return self._skip(queue, number)

    def _is_doubtful(self, at: Location) -> bool:
        """Whether the line, or the one before, holds what is no word: then what follows says little."""
        here = at.span.line
        return any(
            one.code in _NO_WORDS and one.file == at.source.name and one.span.line in (here - 1, here)
            for one in self._findings.items
        )

    def _notes(self, queue: list[Word], number: int, allowed: set[str]) -> tuple[str, ...]:
        """What somebody who knows C may have meant."""
        word, before = queue[number], [one.type for one in queue[max(0, number - 2) : number]]
        last = queue[number - 1].text if number else ""
        if word.text in KEYWORDS and "NAME" in allowed:
            return (f"`{word.text}` is a keyword",)
        if word.type == "ASSIGN" and last in KEYWORDS:
            return (f"`{last}` is a keyword",)
        if word.type == "ASSIGN" and len(self._marks) == 1:
            return (f"declare it with its type, `int {last} = …;`, or assign it in a probe",)
        if before == ["MINUS", "MINUS"]:
            return ("there is no operator `--`; write `x = x - 1`",)
        if word.type == "RPAR" and before[-1:] == ["STAR"]:
            name = next((one.text for one in reversed(queue[:number]) if one.type != "STAR"), "")
            return (f"`{name}` is not a type: declare it with `typedef`, or write `struct {name}`",) if name else ()
        if word.type == "LPAR" and len(self._marks) == 1 and queue[number + 1 : number + 2]:
            return _VP if queue[number + 1].text in SPECIALS else ()
        if word.type == "INSERT":
            return ("`x <- v` inserts into an aggregate; write `x < -v` to compare",)
        return ()

    def _begins_line(self, word: Word, last: Word) -> bool:
        """Whether a word stands on another line than the last one, or closes a block."""
        if word.at.source is not last.at.source or word.type == "RBRACE":
            return True
        return "\n" in word.at.source.text[last.at.end : word.at.start]

    def _refuse(self, queue: list[Word], number: int) -> int:
        word = queue[number]
        self._report("E609", word.at, f"`{word.text}` is not supported", notes=(REFUSED[word.text],))
        if word.text in _LEFT_OUT:
            return number + 1
        if word.text in _NUMBERS:
            queue[number] = Word("LONG", "long", word.at)
            return number
        return self._skip(queue, number)

    def _skip(self, queue: list[Word], number: int) -> int:
        """Leave out the rest of a statement and go on as if it had not begun; the number of the next word."""
        depth = 0
        first = number
        while number < len(queue):
            word = queue[number]
            if word.type == "RBRACE" and not depth:
                break
            depth += (word.type == "LBRACE") - (word.type == "RBRACE")
            number += 1
            if not depth and word.type in ("SEMICOLON", "RBRACE"):
                break
        if number < len(queue) and queue[first].text == "do" and queue[number].text == "while":
            return self._skip(queue, number)
        while self._open and self._open[-1].type != "LBRACE":
            self._open.pop()
        if len(self._marks) == 1:
            self._flush()
            stray = number < len(queue) and queue[number].type == "RBRACE"
            return number + 1 if stray else number
        if number == first and number == self._stuck:  # not even the end of the block fits: leave the block
            self._marks.pop()
            self._open = self._open[: len(self._marks) - 1]
            number += 1
        self._stuck = number
        self._cursor = self._marks[-1].copy()
        return number

    def _flush(self) -> None:
        """Keep the items before an error and begin anew behind it."""
        self._items += self._marks[0].finished() or []
        self._cursor = Cursor()
        self._marks = [self._cursor.copy()]

    def _end(self, last: Location) -> None:
        items = self._cursor.finished()
        if items is None:
            allowed = self._cursor.allowed()
            at = Location(last.source, last.end - 1, last.end)
            notes: tuple[str, ...] = ()
            if self._open:
                opening = self._open[-1]
                line = opening.at.span.line
                notes = (f"the `{opening.text}` in line {line} is not closed",)
            self._report("E608", at, "unexpected end of file", expected=_words_for(allowed), notes=notes)
            items = self._marks[0].finished()
        self._items += items or []


def _words_for(allowed: set[str]) -> str:
    """What could have stood in a place, in words."""
    words = []
    if "MEMMODEL" in allowed:
        return "a declaration, a function or a probe"
    if allowed >= _EXPRESSION:
        words.append("a statement" if "IF" in allowed else "an expression")
    elif allowed >= _TYPE:
        words.append("a type")
    elif "PLUS" in allowed:
        words.append("an operator")
    left_out = {"NAME", "LPAR"} if words else set()
    if allowed & {"SEMICOLON", "RPAR", "RBRACKET", "RBRACE"}:
        left_out |= {"COMMA", "ASSIGN", "INSERT"}
    known = [_SHOWN[name] for name in _SHOWN if name in allowed and name not in left_out]
    return " or ".join((words + known)[:_MOST_SHOWN]) or "something else"
