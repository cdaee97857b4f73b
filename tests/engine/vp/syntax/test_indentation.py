# SPDX-License-Identifier: GPL-2.0-or-later
"""Forms whose parts belong elsewhere by their indentation."""

from __future__ import annotations

from engine.vp import compile_script
from engine.vp.diagnostics.source import SourceText
from engine.vp.syntax.indentation import ends_too_early, ends_too_late


def test_a_part_on_a_line_of_its_own_that_is_indented_no_deeper_is_outside() -> None:
    source = SourceText("a.vp", "(f 1\n (g 2))")
    form, last, surplus = source.span(0, 12), source.span(3, 4), source.span(6, 11)
    assert ends_too_late(source, form, last, surplus) is None
    source = SourceText("a.vp", "(f 1\n(g 2))")
    found = ends_too_late(source, source.span(0, 11), source.span(3, 4), source.span(5, 10))
    assert found is not None
    note, fix = found
    assert note == "the indentation of line 2 suggests that the form on line 1 ends before it"
    assert fix.text == ")\n(g 2)"


def test_a_form_that_is_indented_deeper_belongs_to_the_one_before() -> None:
    source = SourceText("a.vp", "(f 1)\n  (g 2)")
    found = ends_too_early(source, source.span(0, 5), source.span(8, 13))
    assert found is not None
    assert found[1].text == "\n  (g 2))"
    assert ends_too_early(source, source.span(0, 5), source.span(0, 5)) is not None
    flat = SourceText("a.vp", "(f 1)\n(g 2)")
    assert ends_too_early(flat, flat.span(0, 5), flat.span(6, 11)) is None


def test_the_fix_of_a_form_outside_puts_it_inside() -> None:
    text = "(vprobe VMM1Hz\n  (logint 1))\n  (logint 2)\n"
    (found,) = compile_script(text, "a.vp").diagnostics
    assert (found.code, found.span.line) == ("E108", 3)
    assert found.fix is not None
    source = SourceText("a.vp", text)
    start = source.offset(found.fix.span.line, found.fix.span.column)
    end = source.offset(found.fix.span.end_line, found.fix.span.end_column)
    assert compile_script(text[:start] + found.fix.text + text[end:]).diagnostics == ()
