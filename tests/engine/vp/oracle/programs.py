# SPDX-License-Identifier: GPL-2.0-or-later
"""Random well-typed programs, as text, with the scene that drives them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

INTEGERS = ("i", "j", "count-er", "~plocal0:k")
STRINGS = ("s", "t", "long-name:str")
AGGREGATES = {"by-number": (1, 0), "by-both": (2, 1), "total": (0, 0), "by-text": (0, 2)}
BAGS = {"pairs": 4, "one": 1}
EDGES = (0, 1, 2, 3, 7, 10, 63, 64, 65, 255, 1 << 31, (1 << 32) - 1, 1 << 63, (1 << 64) - 1)
FOLDING = ("+", "-", "*", "/", "&", "|", "^", "<", ">", "<=", ">=", "==", "!=", "=", "&&", "||", "add", "sub", "or")
PAIRWISE = ("%", "<<", ">>", "mod", "lshift")
UNARY = ("~", "!", "-", "not")
TEXTS = (
    "",
    "a",
    "PROBE",
    "two\\nlines",
    "tab\\there",
    'quo\\"te',
    "back\\\\slash",
    "%d",
    "x" * 60,
    "ä€",
    "\\q",
    "; no comment",
)
DEEPEST = 3


@dataclass(frozen=True)
class Function:
    """A function that can be called."""

    name: str
    parameters: tuple[str, ...]
    """names; those of strings begin with `text`"""
    gives: str
    """`integer` or `string`"""


@dataclass(frozen=True)
class Context:
    """What an expression may name."""

    integers: tuple[str, ...]
    strings: tuple[str, ...]
    functions: tuple[Function, ...]


def literal() -> st.SearchStrategy[str]:
    """An integer, written in one of the ways there are."""
    values = st.one_of(st.sampled_from(EDGES), st.integers(0, (1 << 64) - 1), st.integers(0, 40))
    forms = st.sampled_from((str, hex, lambda value: f"-{value % (1 << 63) or 1}", lambda value: f"+{value}"))
    return st.builds(lambda form, value: form(value), forms, values)


@st.composite
def call(draw: st.DrawFn, context: Context, function: Function, depth: int) -> str:
    """A call of a function with arguments of its types."""
    arguments = [
        draw(text(context, depth + 1) if name.startswith("text") else integer(context, depth + 1))
        for name in function.parameters
    ]
    return f"({' '.join([function.name, *arguments])} )"


@st.composite
def branches(draw: st.DrawFn, context: Context, depth: int, *, of_text: bool) -> str:
    """A cond; sometimes no branch is taken."""
    value = text if of_text else integer
    pairs = [
        f"({draw(integer(context, depth + 1))} {draw(value(context, depth + 1))})"
        for _ in range(draw(st.integers(1, 2)))
    ]
    if draw(st.booleans()):
        pairs.append(f"(1 {draw(value(context, depth + 1))})")
    return f"(cond {' '.join(pairs)})"


@st.composite
def integer(draw: st.DrawFn, context: Context, depth: int = 0) -> str:  # noqa: C901 -- a case for each kind
    """An expression of type integer."""
    simple = ["literal", "literal", "name", "name", "argument"]
    compound = ["fold", "fold", "pair", "unary", "strcmp", "cond", "try", "do", "call", "bag", "set", "memory"]
    kind = draw(st.sampled_from(simple if depth >= DEEPEST else simple + compound))
    inner = integer(context, depth + 1)
    match kind:
        case "name":
            return draw(st.sampled_from(context.integers))
        case "argument":
            return draw(st.sampled_from(("ARG0", "ARG1", "ARG9")))
        case "fold":
            operands = draw(st.lists(inner, min_size=2, max_size=4))
            return f"({draw(st.sampled_from(FOLDING))} {' '.join(operands)})"
        case "pair":
            return f"({draw(st.sampled_from(PAIRWISE))} {draw(inner)} {draw(inner)})"
        case "unary":
            return f"({draw(st.sampled_from(UNARY))} {draw(inner)})"
        case "strcmp":
            return f"(! (strcmp {draw(text(context, depth + 1))} {draw(text(context, depth + 1))}))"
        case "cond":
            return draw(branches(context, depth, of_text=False))
        case "try":
            return f"(try {draw(inner)} {draw(inner)})"
        case "do":
            return f"(do {draw(statement(context, depth + 1))} {draw(inner)})"
        case "call":
            possible = [function for function in context.functions if function.gives == "integer"]
            return draw(call(context, draw(st.sampled_from(possible)), depth)) if possible else draw(literal())
        case "bag":
            bag = draw(st.sampled_from(tuple(BAGS)))
            if draw(st.booleans()):
                return f"(bagremove {bag} {draw(inner)})"
            return f"(baginsert {bag} {draw(inner)} {draw(inner)})"
        case "set":
            return f"(setint {draw(st.sampled_from(context.integers))} {draw(inner)})"
        case "memory":
            return f"({draw(st.sampled_from(('getguest', 'getguestphys')))} {draw(st.one_of(inner, addresses()))})"
    return draw(literal())


def addresses() -> st.SearchStrategy[str]:
    """In RAM, at its end, and beyond."""
    return st.one_of(st.integers(0, 0x100), st.sampled_from((0xFFFF8, 0xFFFF9, 0x100000))).map(hex)


@st.composite
def text(draw: st.DrawFn, context: Context, depth: int = 0) -> str:
    """An expression of type string."""
    simple = ["literal", "name", "name", "builtin"]
    kind = draw(st.sampled_from(simple if depth >= DEEPEST else [*simple, "cond", "try", "do", "call", "set"]))
    match kind:
        case "name":
            return draw(st.sampled_from(context.strings))
        case "builtin":
            return draw(st.sampled_from(("PROBENAME", "EXCNAME", "EXCDESC")))
        case "try":
            return f"(try {draw(text(context, depth + 1))} {draw(text(context, depth + 1))})"
        case "cond":
            return draw(branches(context, depth, of_text=True))
        case "do":
            return f"(do {draw(statement(context, depth + 1))} {draw(text(context, depth + 1))})"
        case "call":
            possible = [function for function in context.functions if function.gives == "string"]
            return draw(call(context, draw(st.sampled_from(possible)), depth)) if possible else '"none"'
        case "set":
            name = draw(st.sampled_from(context.strings))
            return f"(do (setstr {name} {draw(text(context, depth + 1))}) {name})"
    return f'"{draw(st.sampled_from(TEXTS))}"'


CONVERSIONS = st.builds(
    "%{}{}{}{}{}".format,
    st.sampled_from(("", "", "", "-", "0", "+", " ", "#", "-#", "+0")),
    st.sampled_from(("", "", "1", "5", "20", "*")),
    st.sampled_from(("", "", ".0", ".3", ".", ".*")),
    st.sampled_from(("", "", "l", "ll", "h", "z")),
    st.sampled_from("diuxXocspd"),
)


@st.composite
def formatted(draw: st.DrawFn, context: Context, depth: int) -> str:
    """A format and its arguments."""
    conversions = draw(st.lists(CONVERSIONS, max_size=4))
    arguments = []
    for conversion in conversions:
        arguments += [draw(st.sampled_from(("0", "3", "-4", "12", "99999"))) for _ in range(conversion.count("*"))]
        arguments.append(draw(text(context, depth + 1) if conversion.endswith("s") else integer(context, depth + 1)))
    words = draw(st.sampled_from(("", "a ", "%% ", "\\t")))
    return " ".join([f'"{words}{"|".join(conversions)}"', *arguments])


@st.composite
def statement(draw: st.DrawFn, context: Context, depth: int = 0) -> str:
    """An expression whose effect counts."""
    kinds = ("setint", "setstr", "logint", "logstr", "printf", "sprintf", "aggr", "aggr", "logaggr", "clearaggr", "bag")
    kind = draw(st.sampled_from(kinds))
    number, words = integer(context, depth + 1), text(context, depth + 1)
    match kind:
        case "setint":
            return f"(setint {draw(st.sampled_from(context.integers))} {draw(number)})"
        case "setstr":
            return f"(setstr {draw(st.sampled_from(context.strings))} {draw(words)})"
        case "logint":
            return f"(logint {draw(number)})"
        case "logstr":
            return f"(logstr {draw(words)})"
        case "printf":
            return f"(printf {draw(formatted(context, depth))})"
        case "sprintf":
            return f"(sprintf {draw(st.sampled_from(context.strings))} {draw(formatted(context, depth))})"
        case "aggr":
            name = draw(st.sampled_from(tuple(AGGREGATES)))
            integers, strings = AGGREGATES[name]
            keys = " ".join(draw(number) for _ in range(integers))
            texts = " ".join(draw(words) for _ in range(strings))
            return f"(aggr {name} ({keys}) ({texts}) {draw(number)})"
        case "bag":
            return f"(baginsert {draw(st.sampled_from(tuple(BAGS)))} {draw(number)} {draw(number)})"
    return f"({kind} {draw(st.sampled_from(tuple(AGGREGATES)))})"


@st.composite
def functions(draw: st.DrawFn) -> tuple[list[str], tuple[Function, ...]]:
    """Definitions of functions, each of which may call those before it, and some of which call themselves."""
    known: list[Function] = []
    sources = []
    for number in range(draw(st.integers(0, 3))):
        parameters = draw(st.sampled_from((("n",), ("n", "text-a"), ("text-a",), ("n", "m", "text-a", "text-b"), ())))
        function = Function(f"f{number}", parameters, draw(st.sampled_from(("integer", "string"))))
        numbers = tuple(name for name in parameters if not name.startswith("text"))
        texts = tuple(name for name in parameters if name.startswith("text"))
        context = Context((*INTEGERS, *numbers), (*STRINGS, *texts), tuple(known))
        uses = [f"(logint {name})" for name in numbers] + [f"(logstr {name})" for name in texts]
        body = draw(st.lists(statement(context, 1), max_size=2))
        value = draw(integer(context, 1) if function.gives == "integer" else text(context, 1))
        if function.gives == "integer" and "n" in numbers and draw(st.booleans()):
            again = " ".join([function.name, "(- n 1)", *parameters[1:]])
            value = f"(cond ((|| (> n 4) (== n 0)) {value}) (1 (+ 1 ({again}))))"
        sources.append(f"(defun {function.name} ({' '.join(parameters)})\n  {' '.join([*uses, *body, value])})")
        known.append(function)
    return sources, tuple(known)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A script with what drives it in comments at its head (tests/oracle/scene.py)."""
    sources, known = draw(functions())
    context = Context(INTEGERS, STRINGS, known)
    definitions = [f"(definteger {name} {draw(literal())})" for name in INTEGERS]
    definitions += [f'(defstring {name} "{draw(st.sampled_from(TEXTS))}")' for name in STRINGS]
    definitions += [f"(defaggr {name} {keys} {texts})" for name, (keys, texts) in AGGREGATES.items()]
    definitions += [f"(defbag {name} {size})" for name, size in BAGS.items()]
    probes = [
        f"(vprobe {name}\n  {' '.join(draw(st.lists(statement(context), min_size=1, max_size=4)))})"
        for name in draw(st.lists(st.sampled_from(("VMM1Hz", "Guest_PF")), min_size=1, max_size=3))
    ]
    placed = [*sources, *probes] if draw(st.booleans()) else [*probes, *sources]
    head = [
        ';; memory: 0x10 = 01 02 "text" 0 q:0x1122334455667788',
        f";; fire: VMM1Hz ARG0={draw(st.sampled_from(EDGES))} ARG1=7 x2",
        f";; fire: Guest_PF ARG0=2 ARG9={draw(st.sampled_from(EDGES))} cpu={draw(st.integers(0, 1))}",
        ";; fire: VMM1Hz",
    ]
    return "\n".join([*head, *definitions, *placed, ""])
