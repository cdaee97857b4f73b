# SPDX-License-Identifier: GPL-2.0-or-later
"""The prelude of the guest: functions such as curprocname that depend on the guest's operating system.

Only the definitions that a script needs are added. A definition of the script takes precedence over one of the prelude,
and helpers of the prelude get names that cannot clash with those of the script.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol, runtime_checkable

from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.guest_types import TypeProvider
from engine.vp.syntax.reader import Atom, Group, Node, read

_HIDDEN = "~prelude:"


@runtime_checkable
class Searchable(Protocol):
    """Names that are found by how they begin, without a look at each."""

    def beginning(self, prefix: str, most: int) -> Sequence[str]:
        """The first so many names, in order, that begin with a text."""


@dataclass(frozen=True, slots=True)
class Prelude:
    """What the guest adds to a script.

    Attributes:
        name: The file name that diagnostics show for the text.
        source: VP definitions.
        addresses: Addresses of the guest's symbols, for names of probes; where they are many, Searchable.
        types: C types of the guest's kernel; None if they are not known.
    """

    name: str
    source: str
    addresses: Mapping[str, int] = field(default_factory=dict, repr=False, hash=False)
    types: TypeProvider | None = field(default=None, repr=False, compare=False)


def reached(prelude: Prelude, forms: list[Group], findings: Findings) -> tuple[SourceText, list[Group]]:
    """The definitions of the prelude that some forms need, renamed so that they cannot clash with the script's."""
    source, offered, problems = _definitions(prelude.name, prelude.source)
    findings.include(problems)
    own = {name for form in forms if (name := _defined(form)) is not None}
    asked = {atom.text for form in forms for atom in _atoms(form)} & offered.keys() - own
    wanted, waiting = set(asked), list(asked)
    while waiting:
        for atom in _atoms(offered[waiting.pop()]):
            if atom.text in offered and atom.text not in wanted:
                wanted.add(atom.text)
                waiting.append(atom.text)
    names = {name: name if name in asked else _HIDDEN + name for name in offered}
    return source, [_renamed(form, names) for name, form in offered.items() if name in wanted]


def functions(prelude: Prelude) -> dict[str, int]:
    """How many parameters each function has that the prelude offers to scripts."""
    _, offered, _ = _definitions(prelude.name, prelude.source)
    return {
        name: len(form.items[2].items)
        for name, form in offered.items()
        if "~" not in name and len(form.items) > 2 and isinstance(form.items[2], Group)
    }


@lru_cache(maxsize=4)
def _definitions(name: str, text: str) -> tuple[SourceText, Mapping[str, Group], Findings]:
    """The definitions of a prelude, and what is wrong with it; read once for all scripts."""
    source, problems = SourceText(name, text), Findings()
    forms = read(source, problems)
    return source, {word: form for form in forms if (word := _defined(form)) is not None}, problems


def _defined(form: Group) -> str | None:
    """The name that a form defines; None if it is no definition."""
    if len(form.items) < 2:
        return None
    word, name = form.items[:2]
    is_definition = isinstance(word, Atom) and word.text.startswith("def")
    return name.text if is_definition and isinstance(name, Atom) else None


def _atoms(node: Node) -> Iterator[Atom]:
    if isinstance(node, Atom):
        if node.type == "NAME":
            yield node
        return
    for item in node.items:
        yield from _atoms(item)


def _renamed(form: Group, names: dict[str, str]) -> Group:
    def rename(node: Node) -> Node:
        if isinstance(node, Group):
            return Group(tuple(rename(item) for item in node.items), node.span)
        return replace(node, text=names[node.text]) if node.type == "NAME" and node.text in names else node

    return Group(tuple(rename(item) for item in form.items), form.span)
