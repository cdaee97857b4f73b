# SPDX-License-Identifier: GPL-2.0-or-later
"""The members that may stand behind `->` or `.`, by the type of what is written before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.emmett.types.types import ArrayType, Field, PointerType, StructType, Type
from engine.vp.editing.names import Candidate, Names
from engine.vp.editing.token_list import TokenList

ARROWS = ("->", ".")
_OPENING = {")": "(", "]": "["}
MOST_MEMBERS = 5000


class Shapes:
    """The structures that a program can reach by its names, numbered from 1 in the order in which they were met."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kinds: list[StructType] = []
        self._numbers: dict[int, int] = {}
        """by the identity of a structure"""

    def of(self, kind: Type) -> int:
        """The number of a structure, or of the one that a type points to or consists of; 0: it is no structure."""
        while isinstance(kind, PointerType | ArrayType):
            kind = kind.target if isinstance(kind, PointerType) else kind.element
        if not isinstance(kind, StructType):
            return 0
        if id(kind) not in self._numbers:
            self._kinds.append(kind)
            self._numbers[id(kind)] = len(self._kinds)
        return self._numbers[id(kind)]

    def all(self) -> tuple[tuple[Candidate, ...], ...]:
        """The members of each, and of those that these lead to, up to MOST_MEMBERS: a kernel's lead to all others."""
        made: list[tuple[Candidate, ...]] = []
        count = 0
        for kind in self._kinds:  # which grows meanwhile
            if count >= MOST_MEMBERS:
                break
            members = kind.fields.values() if kind.complete() else ()
            made.append(tuple(self._member(one, kind) for one in members))
            count += len(made[-1])
        return tuple(made)

    def _member(self, member: Field, of: StructType) -> Candidate:
        bits = f", {member.bits} bits" if member.bits else ""
        doc = f"At byte {member.offset} of {of}{bits}."
        return Candidate(member.name, "member", f"{member.type} {member.name}", doc, shape=self.of(member.type))


def fitting_members(
    tokens: TokenList, count: int, known: Mapping[str, Candidate], names: Names
) -> Sequence[Candidate] | None:
    """The members that may stand behind the first `count` tokens; None where no member stands.

    Args:
        tokens: of the program.
        count: of those before the place.
        known: the names that are valid there.
        names: what the program defines.
    """
    if not count or tokens[count - 1].text not in ARROWS:
        return None
    tags = {one.name: one for one in names.tags}
    path: list[str] = []
    at = count - 2
    cast: Candidate | None = None
    while at >= 0:
        end = at
        while at >= 0 and tokens[at].text in _OPENING:
            at = _opening(tokens, at) - 1
        if at >= 0 and tokens[at].text[0].isidentifier():
            path.append(tokens[at].text)
            if at == 0 or tokens[at - 1].text not in ARROWS:
                break
            at -= 2
        else:
            words = (tokens[index].text for index in range(max(at, -1) + 1, end))
            cast = next((tags[word] for word in words if word in tags), None)
            break
    found = cast if cast is not None else known.get(path.pop()) if path else None
    while found is not None and path:
        name = path.pop()
        found = next((one for one in names.members(found) if one.name == name), None)
    return () if found is None else names.members(found)


def _opening(tokens: TokenList, at: int) -> int:
    """The index of the bracket that the one at an index closes; -1: there is none."""
    depth = 0
    for index in range(at, -1, -1):
        text = tokens[index].text
        depth += (text in _OPENING) - (text in _OPENING.values())
        if not depth:
            return index
    return -1
