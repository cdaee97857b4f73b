# SPDX-License-Identifier: GPL-2.0-or-later
"""The definitions of a script (manual, pp. 12-14, 17, 19)."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.engine.vp.oracle.reader import Form, Name, read


@dataclass(frozen=True)
class Function:
    """One `defun`."""

    parameters: tuple[str, ...]
    body: tuple[Form, ...]


@dataclass(frozen=True)
class Probe:
    """One `vprobe`."""

    name: str
    body: tuple[Form, ...]


@dataclass
class Script:
    """What a script defines, in order of definition."""

    integers: dict[str, int] = field(default_factory=dict)
    strings: dict[str, bytes] = field(default_factory=dict)
    aggregates: dict[str, tuple[int, int]] = field(default_factory=dict)
    """name: number of integer keys, number of string keys"""
    bags: dict[str, int] = field(default_factory=dict)
    """name: number of pairs it holds"""
    functions: dict[str, Function] = field(default_factory=dict)
    probes: list[Probe] = field(default_factory=list)


def _number(form: Form) -> int:
    if not isinstance(form, int):
        raise TypeError(f"not an integer literal: {form!r}")
    return form


def _name(form: Form) -> str:
    if not isinstance(form, Name):
        raise TypeError(f"not a name: {form!r}")
    return str(form)


def _define(script: Script, form: list[Form]) -> None:
    keyword, arguments = _name(form[0]), form[1:]
    match keyword, arguments:
        case "version", _:
            pass
        case "definteger", [name, *initial]:
            script.integers[_name(name)] = _number(initial[0]) if initial else 0
        case "defstring", [name, *initial]:
            text = initial[0] if initial else b""
            assert isinstance(text, bytes)
            script.strings[_name(name)] = text
        case "defaggr", [name, integers, strings]:
            script.aggregates[_name(name)] = (_number(integers), _number(strings))
        case "defbag", [name, size]:
            script.bags[_name(name)] = _number(size)
        case "defun", [name, list(parameters), *body]:
            script.functions[_name(name)] = Function(tuple(map(_name, parameters)), tuple(body))
        case "vprobe", [name, *body]:
            script.probes.append(Probe(_name(name), tuple(body)))
        case _:
            raise ValueError(f"not a definition: {form!r}")


def parse(source: str) -> Script:
    """The definitions in the text of a correct script."""
    script = Script()
    for form in read(source):
        assert isinstance(form, list)
        _define(script, form)
    return script
