# SPDX-License-Identifier: GPL-2.0-or-later
"""Text to nested lists with places, by the lark grammar; one bad form never hides the others.

The text is first split into top-level forms by counting parentheses. A definition or probe that begins in the first
column while another form is still open tells that the earlier one lacks a parenthesis; it is reported there, closed,
and read all the same, so that what it defines is known to the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from engine.vp.diagnostics import Fix, Span
from engine.vp.source import Findings, SourceText

MAX_NESTING = 100
TOP_LEVEL = ("version", "definteger", "defstring", "defaggr", "defbag", "defun", "vprobe")
_SCAN = re.compile(r';[^\n]*|"(?:\\.|[^"\\])*"|"|[()]|[^\s()";]+', re.DOTALL)
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Atom:
    """A name, integer or string as written; kind is the grammar's terminal."""

    kind: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Group:
    """A parenthesised list."""

    items: tuple[Node, ...]
    span: Span


Node = Atom | Group


@dataclass(slots=True)
class _Piece:
    """One top-level form: offsets, and how many closing parentheses it lacks."""

    start: int
    end: int
    missing: int = 0
    deepest: int = 0


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def read(source: SourceText, findings: Findings) -> list[Group]:
    """All top-level forms that could be read."""
    groups = []
    for piece in _split(source, findings):
        if piece.deepest > MAX_NESTING:
            span = source.span(piece.start, piece.start + 1)
            findings.add(
                "E106", source, span, f"forms are nested {piece.deepest} deep", expected=f"{MAX_NESTING} at most"
            )
            continue
        group = _parse(source, piece, findings)
        if group is not None:
            groups.append(group)
    return groups


def integer_value(text: str) -> int:
    """Value of an integer literal, reduced to 64 bits as the manual's integers are."""
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.lstrip("+"))
    if len(digits) > 64 and digits[:2].lower() != "0x":
        digits = digits[-64:]  # the rest cannot be meant, and conversion takes quadratic time
    return sign * int(digits, 16 if digits[:2].lower() == "0x" else 10) & _MASK


def string_value(text: str) -> bytes:
    r"""Value of a quoted literal: \n \t \\ \" are escapes, any other backslash is left out (manual p. 11)."""
    escapes = {"n": "\n", "t": "\t"}
    plain = re.sub(r"\\(.)", lambda m: escapes.get(m[1], m[1]), text[1:-1], flags=re.DOTALL)
    return plain.encode("utf-8", "surrogatepass").replace(b"\0", b"")


def _split(source: SourceText, findings: Findings) -> list[_Piece]:
    pieces: list[_Piece] = []
    current: _Piece | None = None
    depth = 0
    for match in _SCAN.finditer(source.text):
        text, start = match[0], match.start()
        if text[0] == ";":
            continue
        if text == '"':
            findings.add(
                "E103", source, source.span(start, start + 1), "this string is not closed", expected='a closing "'
            )
            return _close(source, findings, pieces, current, depth, len(source.text), cut=True)
        if text == "(":
            if current is not None and _starts_form(source, start):
                pieces = _close(source, findings, pieces, current, depth, start)
                current, depth = None, 0
            if current is None:
                current = _Piece(start, start)
            depth += 1
            current.deepest = max(current.deepest, depth)
        elif text == ")":
            if current is None:
                _extra(source, findings, start)
                continue
            depth -= 1
            if depth == 0:
                current.end = match.end()
                pieces.append(current)
                current = None
        elif current is None:
            message = f"{text[:40]} stands outside of any form"
            findings.add("E104", source, source.span(start, match.end()), message, expected="a form in parentheses")
    return _close(source, findings, pieces, current, depth, len(source.text))


def _starts_form(source: SourceText, offset: int) -> bool:
    """A definition or probe that begins in the first column."""
    if offset and source.text[offset - 1] != "\n":
        return False
    word = re.match(r"\(\s*([^\s()\";]+)", source.text[offset : offset + 80])
    return word is not None and word[1] in TOP_LEVEL


def _close(
    source: SourceText,
    findings: Findings,
    pieces: list[_Piece],
    current: _Piece | None,
    depth: int,
    end: int,
    *,
    cut: bool = False,
) -> list[_Piece]:
    """End an open form where the next begins, and say that it lacks parentheses."""
    if current is None:
        return pieces
    stripped = re.sub(r"(\s|;[^\n]*\n)+\Z", "", source.text[current.start : end])
    current.end = current.start + len(stripped)
    if not cut:
        plural = "parenthesis" if depth == 1 else "parentheses"
        place = source.span(current.end, current.end)
        findings.add(
            "E101",
            source,
            source.span(current.start, current.start + 1),
            f"this form is not closed: {depth} closing {plural} missing",
            expected=f"`{')' * min(depth, 20)}` at the latest after line {place.line}",
            fix=Fix(place, ")" * depth, f"close the form at the end of line {place.line}"),
        )
        current.missing = depth
        pieces.append(current)
    return pieces


def _extra(source: SourceText, findings: Findings, start: int) -> None:
    span = source.span(start, start + 1)
    findings.add(
        "E102",
        source,
        span,
        "this parenthesis closes nothing: the form before it is complete",
        expected="no `)` here",
        fix=Fix(span, "", "remove the parenthesis"),
    )


def _parse(source: SourceText, piece: _Piece, findings: Findings) -> Group | None:
    text = source.text[piece.start : piece.end] + ")" * piece.missing
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        at = piece.start + max(0, error.pos_in_stream or 0)
        found = source.text[at : at + 1]
        findings.add(
            "E105",
            source,
            source.span(at, at + 1),
            f"{found!r} cannot stand here",
            expected="a name, number, string or form",
        )
        return None
    node = _node(source, piece.start, tree.children[0])
    return node if isinstance(node, Group) else None


def _node(source: SourceText, base: int, tree: Tree[Token] | Token) -> Node:
    limit = len(source.text)
    if isinstance(tree, Token):
        start, end = base + (tree.start_pos or 0), base + (tree.end_pos or 0)
        return Atom(tree.type, str(tree), source.span(start, min(end, limit)))
    items = tuple(_node(source, base, child) for child in tree.children)
    start, end = base + tree.meta.start_pos, base + tree.meta.end_pos
    return Group(items, source.span(start, min(end, limit)))
