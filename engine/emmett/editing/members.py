# SPDX-License-Identifier: GPL-2.0-or-later
"""The members that may stand behind `->` or `.`, by the type of what is written before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from engine.emmett.types.types import ArrayType, Field, PointerType, StructType, Type
from engine.vp.editing.names import Candidate
from engine.vp.editing.token_list import TokenList

ARROWS = ("->", ".")
_OPENING = {")": "(", "]": "["}


def members_of(kind: Type) -> tuple[Candidate, ...]:
    """The members of a structure, or of one that a type points to, with theirs."""
    while isinstance(kind, PointerType | ArrayType):
        kind = kind.target if isinstance(kind, PointerType) else kind.element
    if not isinstance(kind, StructType) or not kind.complete():
        return ()
    return tuple(_member(one, kind) for one in kind.fields.values())


def _member(member: Field, of: StructType) -> Candidate:
    bits = f", {member.bits} bits" if member.bits else ""
    doc = f"At byte {member.offset} of {of}{bits}."
    return Candidate(
        member.name, "member", f"{member.type} {member.name}", doc, members=partial(members_of, member.type)
    )


def fitting_members(
    tokens: TokenList, count: int, known: Mapping[str, Candidate], tags: Mapping[str, Candidate]
) -> Sequence[Candidate] | None:
    """The members that may stand behind the first `count` tokens; None where no member stands.

    Args:
        tokens: of the program.
        count: of those before the place.
        known: the names that are valid there.
        tags: the structures that the program declares, by their tags.
    """
    if not count or tokens[count - 1].text not in ARROWS:
        return None
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
        found = next((one for one in found.members() if one.name == name), None) if found.members else None
    return found.members() if found is not None and found.members else ()


def _opening(tokens: TokenList, at: int) -> int:
    """The index of the bracket that the one at an index closes; -1: there is none."""
    depth = 0
    for index in range(at, -1, -1):
        text = tokens[index].text
        depth += (text in _OPENING) - (text in _OPENING.values())
        if not depth:
            return index
    return -1
