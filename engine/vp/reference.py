# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/vp.md: the guide and a reference made from the tables (`python -m engine.vp.reference docs/vp.md`)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from engine.core.image import DEFAULT_AGGREGATE_BYTES
from engine.core.library import lib
from engine.vp.diagnostics.codes import CODES
from engine.vp.limits import BAG_PAIR_BYTES, MAX_BAG_BYTES, MAX_CODE_BYTES, Limits
from engine.vp.syntax.reader import MAX_NESTING
from engine.vp.tables.builtins import BUILTINS, SYNONYMS
from engine.vp.tables.conversions import FLAGS, LETTERS
from engine.vp.tables.forms import SPECIALS
from engine.vp.tables.probes import POINTS, PointRow, usage
from engine.vp.tables.variables import VARIABLES

GUIDE = Path(__file__).with_name("guide.md")


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([GUIDE.read_text("utf-8"), *_sections()])


def _sections() -> Iterable[str]:
    yield "# Reference\n\nPage numbers are those of the VProbes Programming Reference of 2010.\n"
    yield _section(
        "Forms", ("Form", "Meaning", "Page"), ((_code(f.signature), f.doc, _page(f.page)) for f in SPECIALS.values())
    )
    for kind, title in (("operator", "Operators"), ("function", "Functions")):
        rows = (
            (_code(b.signature), b.doc, _code(b.example), _page(b.page)) for b in BUILTINS.values() if b.kind == kind
        )
        yield _section(title, ("Call", "Meaning", "Example", "Page"), rows)
    yield _section("Other spellings", ("Word", "Read as"), ((_code(a), _code(b)) for a, b in SYNONYMS.items()))
    letters = (
        (_code(row.letter), row.type.value, row.doc, _code(row.example), _code(row.text)) for row in LETTERS.values()
    )
    yield _section("Conversions of printf", ("Letter", "Argument", "Meaning", "Example", "Prints"), letters)
    yield _section("Flags of printf", ("Flag", "Meaning"), ((_code(flag), doc) for flag, doc in FLAGS.items()))
    yield _section("Probes", ("Probe", "Fires", "ARG0, ARG1, …", "Context", "Page"), map(_probe, POINTS.values()))
    variables = (
        (
            _code(v.name),
            v.type.value,
            v.scope.value,
            v.doc + (f" {_VENDORS[v.vendor]} only." if v.vendor else ""),
            _page(v.page),
        )
        for v in VARIABLES.values()
    )
    yield _section("Variables", ("Variable", "Type", "Value", "Meaning", "Page"), variables)
    yield _section("Limits", ("Limit", "Value"), _limits())
    yield _section(
        "Diagnostics", ("Code", "Title", "Meaning"), ((c.code, c.title, c.explanation) for c in CODES.values())
    )


_VENDORS = {"intel": "Intel", "amd": "AMD"}


def _probe(row: PointRow) -> tuple[object, ...]:
    return _code(usage(row)), row.doc, ", ".join(row.arguments), "VMX" if row.vmx else "VCPU", _page(row.page)


def _page(number: int) -> str:
    """The page of the manual; a dash for what only other generations have."""
    return str(number) if number else "–"


def _limits() -> Iterable[tuple[object, ...]]:
    limits = Limits()
    yield "probes in a machine", limits.probes
    yield "length of a name in bytes", limits.name_bytes - 1
    yield "length of a string in bytes", limits.string_bytes - 1
    yield "code of a script in bytes (`vprobe.maxCodeBytes`)", f"{limits.code_bytes}, at most {MAX_CODE_BYTES}"
    yield "arguments of a call, parameters of a function", limits.arguments
    yield "keys of each type of an aggregate", limits.keys
    yield "nested forms", MAX_NESTING
    yield "stack of a thread in bytes", 8 * lib.VPC_STACK_SLOTS
    yield "nested calls", lib.VPC_CALL_DEPTH
    yield "calls in one firing", lib.VPC_MAX_CALLS
    yield "text of one `printf` in bytes", lib.VPC_PRINT_BYTES
    yield "memory for the rows of an aggregate in bytes; further rows are dropped and counted", DEFAULT_AGGREGATE_BYTES
    yield "pairs of a bag", limits.bag_pairs
    storage = f"{limits.bag_bytes}, at most {MAX_BAG_BYTES}"
    yield f"storage shared by all bags in bytes, {BAG_PAIR_BYTES} for each pair (`vprobe.bagBytes`)", storage


def _section(title: str, heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [f"## {title}", "", _line(heads), _line("---" for _ in heads), *(_line(row) for row in rows), ""]
    return "\n".join(lines)


def _line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _code(text: str) -> str:
    return f"`{text}`"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
