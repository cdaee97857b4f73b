# SPDX-License-Identifier: GPL-2.0-or-later
"""What C leaves to the words around a name: which names are types, and where a structure may end without a `;`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.emmett.syntax.words import KEYWORDS, Word
from engine.emmett.types.types import INTEGER_TYPEDEFS

_TYPE_WORDS = {"VOID", "CHAR", "SHORT", "INT", "LONG", "SIGNED", "UNSIGNED", "STRING_TYPE", "BAG", "AGGR", "TYPE_NAME"}
_NAME_FOLLOWS = _TYPE_WORDS | {"STRUCT", "UNION", "ENUM", "STAR", "DOT", "ARROW"}
"""Words behind which a name declares, tags or selects something, whatever else it names."""
_TYPE_IS_FOLLOWED_BY = {"NAME", "STAR", "RPAR"}
"""A library has thousands of types, so a name is one of them only where a type is likely."""
_DECLARED_BEFORE = {"SEMICOLON", "COMMA", "LBRACKET"}
_GOES_ON = {"SEMICOLON", "COMMA", "STAR", "LBRACKET", "ASSIGN", "RPAR"}


def classified(words: list[Word], is_library_type: Callable[[str], bool]) -> Iterator[Word]:
    """The words, with TYPE_NAME for names of types and a `;` behind structures where it was left out."""
    typedefs = set(INTEGER_TYPEDEFS)
    coming: dict[int, list[str]] = {}
    structures: list[bool] = []
    previous = ""
    for number, word in enumerate(words):
        typedefs.update(coming.pop(number, ()))
        kind = word.type
        if kind == "TYPEDEF":
            end, names = _declared(words, number)
            coming.setdefault(end, []).extend(names)
        elif previous in ("DOT", "ARROW") and word.text in KEYWORDS:
            kind = "NAME"
        elif kind == "NAME" and previous not in _NAME_FOLLOWS:
            follows = words[number + 1].type if number + 1 < len(words) else ""
            if word.text in typedefs or (follows in _TYPE_IS_FOLLOWED_BY and is_library_type(word.text)):
                kind = "TYPE_NAME"
        yield word if kind == word.type else replace(word, type=kind)
        if kind == "LBRACE":
            structures.append(_opens_structure(words, number))
        elif kind == "RBRACE" and structures:
            is_structure = structures.pop()
            if is_structure and not structures and _is_complete(words, number + 1):
                yield replace(word, type="SEMICOLON", text=";")
                kind = "SEMICOLON"
        previous = kind


def _declared(words: list[Word], start: int) -> tuple[int, list[str]]:
    """The names that a typedef declares, and the number of the word from which on they are types."""
    names, depth, number = [], 0, start
    for number in range(start + 1, len(words)):
        word = words[number]
        depth += (word.type == "LBRACE") - (word.type == "RBRACE")
        if not depth and word.type == "SEMICOLON":
            break
        follows = words[number + 1].type if number + 1 < len(words) else ""
        if not depth and word.type == "NAME" and follows in _DECLARED_BEFORE:
            names.append(word.text)
    return number, names


def _opens_structure(words: list[Word], number: int) -> bool:
    before = [word.type for word in words[max(0, number - 2) : number]]
    return bool(before) and (before[-1] in ("STRUCT", "UNION") or before[0] in ("STRUCT", "UNION"))


def _is_complete(words: list[Word], number: int) -> bool:
    """Whether what follows a structure begins something new, on another line."""
    if number >= len(words):
        return True
    word, last = words[number], words[number - 1]
    if word.type in _GOES_ON or word.at.source is not last.at.source:
        return word.type not in _GOES_ON
    if "\n" not in word.at.source.text[last.at.end : word.at.start]:
        return False
    follows = words[number + 1].type if number + 1 < len(words) else ""
    return not (word.type == "NAME" and follows in _GOES_ON)
