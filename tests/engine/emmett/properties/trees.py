# SPDX-License-Identifier: GPL-2.0-or-later
"""Emmett programs as trees: their text, with no more parentheses than C needs, and random ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

_BINDING = [
    (",",), ("=", "+=", "-=", "*=", "&=", "|=", "^="), ("?",), ("||",), ("&&",), ("|",), ("^",), ("&",),
    ("==", "!="), ("<", "<=", ">", ">="), ("<<", ">>"), ("+", "-"), ("*", "/", "%"), ("unary",), ("primary",),
]  # fmt: skip
"""Operators of C from the loosest to the tightest."""
LEVEL = {op: level for level, ops in enumerate(_BINDING) for op in ops}
BINARY = [op for ops in _BINDING[3:-2] for op in ops]
INTEGERS = ("a", "b", "newcomer", "COUNT")
OF_FUNCTIONS = (*INTEGERS, "p", "q", "kept")
STRINGS = ["s", "word"]
TEXTS = ["", "x", "two words", "50%%"]


@dataclass(frozen=True)
class Node:
    """`kind` says what the parts are."""

    kind: str
    parts: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Function:
    """Two integer parameters `p` and `q`, a local `kept`, statements and a result."""

    name: str
    body: tuple[Node, ...]
    result: Node


@dataclass(frozen=True)
class Program:
    """Functions call only those before them."""

    functions: tuple[Function, ...]
    body: tuple[Node, ...]


# --- text ---


def text_of(program: Program) -> str:
    """The program as a person would write it: `word`, `newcomer` and `COUNT` are not declared."""
    lines = ["int a = 3;", "int b;", 'string s = "start";', "aggr seen[1][1];", "bag kept_pairs[8];"]
    for function in program.functions:
        lines.append(f"int {function.name}(int p, int q) {{ int kept = 2; int i;")
        lines += [statement(one) for one in function.body]
        lines.append(f"return {expression(function.result, 1)}; }}")
    lines.append('VMM1Hz { word = "";')
    lines += [statement(one) for one in program.body]
    return "\n".join([*lines, "}", ""])


def statement(node: Node) -> str:
    """One statement."""
    parts = node.parts
    match node.kind:
        case "evaluate":
            return f"{expression(parts[0], 0)};"
        case "set-string":
            return f"{parts[0]} {parts[1]} {string(parts[2])};"
        case "print":
            return f'printf("%d %s\\n", {expression(parts[0], 1)}, {string(parts[1])});'
        case "if":
            otherwise = f" else {{ {' '.join(map(statement, parts[2]))} }}" if parts[2] else ""
            return f"if ({expression(parts[0], 0)}) {{ {' '.join(map(statement, parts[1]))} }}{otherwise}"
        case "for":
            name, first, last, step, body = parts
            inner = " ".join(map(statement, body))
            return f"for ({name} = {first}; {name} < {last}; {name} += {step}) {{ {inner} }}"
        case "seen":
            return f"seen[{string(parts[1])}, {expression(parts[0], 1)}] <- {expression(parts[2], 1)};"
        case "keep":
            return f"kept_pairs[{expression(parts[0], 1)}] <- {expression(parts[1], 1)};"
        case _:
            raise AssertionError(node.kind)


def expression(node: Node, level: int) -> str:
    """An integer expression, in parentheses where something tighter must stand."""
    own, written = _expression(node)
    return f"({written})" if own < level else written


def _expression(node: Node) -> tuple[int, str]:
    kind, parts = node.kind, node.parts
    primary, unary = LEVEL["primary"], LEVEL["unary"]
    match kind:
        case "number":
            return (primary if parts[0] >= 0 else unary), (hex(parts[0]) if parts[0] > 999 else str(parts[0]))
        case "name":
            return primary, parts[0]
        case "call":
            return primary, f"{parts[0]}({expression(parts[1], 1)}, {expression(parts[2], 1)})"
        case "take":
            return primary, f"kept_pairs[{expression(parts[0], 1)}]"
        case "same":
            return LEVEL["=="], f"{string(parts[1])} {parts[0]} {string(parts[2])}"
        case "unary":
            return unary, f"{parts[0]} {expression(parts[1], unary)}"
        case "choice":
            a, b, c = parts
            return LEVEL["?"], f"{expression(a, 3)} ? {expression(b, 0)} : {expression(c, 2)}"
        case "set":
            return LEVEL["="], f"{parts[0]} {parts[1]} {expression(parts[2], 1)}"
        case "comma":
            return 0, f"{expression(parts[0], 0)}, {expression(parts[1], 1)}"
        case _:
            return LEVEL[kind], f"{expression(parts[0], LEVEL[kind])} {kind} {expression(parts[1], LEVEL[kind] + 1)}"


def string(node: Node) -> str:
    """A string expression."""
    match node.kind:
        case "text":
            return f'"{node.parts[0]}"'
        case "name":
            return str(node.parts[0])
        case "join":
            return f"({string(node.parts[0])} + {string(node.parts[1])})"
        case _:
            condition, yes, no = node.parts
            return f"({expression(condition, 3)} ? {string(yes)} : {string(no)})"


# --- random ones ---


def _tree(kind: str, *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    return st.tuples(*parts).map(lambda found: Node(kind, found))


_NUMBERS = st.one_of(
    st.integers(0, 9),
    st.sampled_from([-1, 63, 64, 255, 1 << 31, 1 << 63, (1 << 64) - 1]),
    st.integers(0, (1 << 64) - 1),
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A program of some functions and a probe."""
    functions: list[Function] = []
    for name in draw(st.sampled_from([(), ("f",), ("f", "g")])):
        before = tuple(one.name for one in functions)
        inside, result = _statements(before, OF_FUNCTIONS), integers(before, OF_FUNCTIONS)
        functions.append(Function(name, tuple(draw(st.lists(inside, max_size=2))), draw(result)))
    body = draw(st.lists(_statements(tuple(one.name for one in functions), INTEGERS), min_size=1, max_size=5))
    return Program(tuple(functions), tuple(body))


@cache
def integers(calls: tuple[str, ...], names: tuple[str, ...]) -> st.SearchStrategy[Node]:
    """Integer expressions that call these functions and use these variables."""
    leaves = st.one_of(_tree("number", _NUMBERS), _tree("name", st.sampled_from(names)))

    def extend(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        odd = _tree("|", inner, st.just(Node("number", (1,))))
        kinds = [
            *(_tree(op, inner, odd if op in "/%" else inner) for op in BINARY),
            _tree("unary", st.sampled_from("-~!+"), inner),
            _tree("unary", st.just("-"), inner),
            _tree("choice", inner, inner, inner),
            _tree("set", st.sampled_from(names), st.sampled_from(_BINDING[1]), inner),
            _tree("comma", inner, inner),
            _tree("take", inner),
            _tree("same", st.sampled_from(["==", "!="]), strings(inner), strings(inner)),
            *(_tree("call", st.just(name), inner, inner) for name in calls),
        ]
        return st.one_of(kinds)

    return st.recursive(leaves, extend, max_leaves=8)


def strings(condition: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """String expressions."""
    leaves = st.one_of(_tree("text", st.sampled_from(TEXTS)), _tree("name", st.sampled_from(STRINGS)))
    pair = _tree("join", leaves, leaves)
    return st.one_of(leaves, pair, _tree("pick", condition, leaves, pair))


@cache
def _statements(calls: tuple[str, ...], names: tuple[str, ...]) -> st.SearchStrategy[Node]:
    number = integers(calls, names)
    text = strings(_tree("name", st.sampled_from(names)))
    kinds = [
        _tree("evaluate", number),
        _tree("print", number, text),
        _tree("seen", number, text, number),
        _tree("keep", number, number),
    ]
    if names == INTEGERS:  # strings are passed by reference: a function that is called must not change them meanwhile
        kinds.append(_tree("set-string", st.sampled_from(STRINGS), st.sampled_from(["=", "+="]), text))
    plain = st.one_of(kinds)
    some = st.lists(plain, max_size=2).map(tuple)
    loop = _tree(
        "for",
        st.just("turn" if names == INTEGERS else "i"),
        st.integers(0, 3),
        st.integers(0, 5),
        st.integers(1, 3),
        some,
    )
    return st.one_of(plain, plain, _tree("if", number, some, some), loop)
