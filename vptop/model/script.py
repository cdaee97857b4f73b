# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be read off a VP script without compiling it: how to show its aggregates.

A comment may say it outright, and VProbes itself ignores it:

    ; @view disk_lat as=hist unit=us keys=bucket,process sort=-count

`as` is top, hist, stacks or table; `unit` names the unit of values (and of buckets); `keys` names the keys in order,
integers first, each optionally with `:hex`, `:dec` or `:sym`; `sort` names a column, `-` for descending.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(r';[^\n]*|"(?:\\.|[^"\\])*"|[()]|[^\s()";]+')
_HINT = re.compile(r"^[ \t]*;+[ \t]*@view[ \t]+(?P<name>\S+)(?P<options>[^\n]*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class KeyHint:
    """Name and number format (`hex`, `dec`, `sym` or empty) of one key."""

    label: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class ViewHint:
    """How a script wants one aggregate to be shown; empty fields leave it to guessing."""

    kind: str = ""
    unit: str = ""
    keys: tuple[KeyHint, ...] = ()
    sort: str = ""


@dataclass(frozen=True)
class ScriptFacts:
    """Of one script: which aggregates it clears, which probes feed them, and its view hints."""

    cleared: frozenset[str] = frozenset()
    fed_by: dict[str, frozenset[str]] = field(default_factory=dict)
    views: dict[str, ViewHint] = field(default_factory=dict)


def read_script(source: str) -> ScriptFacts:
    """Read the facts of a script; of a broken one, what can be made out."""
    bodies = _forms(source)
    cleared: set[str] = set()
    fed: dict[str, set[str]] = {}
    for probe, calls in bodies.items():
        seen: set[str] = set()
        for function, argument in _reach(calls, bodies, seen):
            if function == "clearaggr":
                cleared.add(argument)
            elif function == "aggr" and not probe.startswith("("):
                fed.setdefault(argument, set()).add(probe)
    hints = {match["name"]: _hint(match["options"]) for match in _HINT.finditer(source)}
    return ScriptFacts(frozenset(cleared), {name: frozenset(probes) for name, probes in fed.items()}, hints)


def _reach(
    calls: list[tuple[str, str]], bodies: dict[str, list[tuple[str, str]]], seen: set[str]
) -> list[tuple[str, str]]:
    """These calls and those of the functions they call."""
    found = list(calls)
    for function, _ in calls:
        name = f"({function}"
        if name in bodies and name not in seen:
            seen.add(name)
            found += _reach(bodies[name], bodies, seen)
    return found


def _forms(source: str) -> dict[str, list[tuple[str, str]]]:
    """Function and first word of each call, by the probe (or, with a parenthesis before its name, the function)."""
    tokens = [token for token in _TOKEN.findall(source) if not token.startswith(";")]
    bodies: dict[str, list[tuple[str, str]]] = {}
    depth, owner = 0, ""
    for index, word in enumerate(tokens):
        if word == ")":
            depth = max(0, depth - 1)
            continue
        if word != "(":
            continue
        depth += 1
        function = tokens[index + 1] if index + 1 < len(tokens) else ""
        argument = tokens[index + 2] if index + 2 < len(tokens) else ""
        if function in ("vprobe", "defun"):  # top level, also when parentheses before it do not match
            depth, owner = 1, argument if function == "vprobe" else f"({argument}"
            bodies.setdefault(owner, [])
        elif owner and depth > 1:
            bodies[owner].append((function, argument))
    return bodies


def _hint(options: str) -> ViewHint:
    given = dict(word.split("=", 1) for word in options.split() if "=" in word)
    keys = tuple(
        KeyHint(*(word.split(":", 1) if ":" in word else (word,))) for word in given.get("keys", "").split(",") if word
    )
    return ViewHint(given.get("as", ""), given.get("unit", ""), keys, given.get("sort", ""))
