# SPDX-License-Identifier: GPL-2.0-or-later
"""Markdown tables."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.token import Token

from engine.probes.frame import AggregateId
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame, ones
from tests.vptop.ui.hostile import hostile
from vptop.export.markdown import render
from vptop.export.shown import SHOWN_FORMATS, Table


def parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def count(tokens: list[Token], kind: str) -> int:
    return sum(token.type == kind for token in tokens)


def test_a_table_for_each_aggregate_without_markup_of_the_guest() -> None:
    rows = {
        AggregateId("vptop.vp", "running"): aggregate([ones((32,), ("a|b *c* <i>",), 7)]),
        AggregateId("vptop.vp", "empty"): aggregate([]),
    }
    assert b"".join(render(moment_of(frame(2, aggregates=rows)))).decode() == (
        "# vptop: bundled \\<guest\\>, 2 s\n\n"
        "## running\n\n"
        "| integer1 | string1 | count | avg | min | max | latest |\n"
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
        "| 0x20 | a\\|b \\*c\\* \\<i\\> | 7 | 1 | 1 | 1 | 1 |\n"
    )


def test_a_parser_finds_the_tables_and_no_markup_of_the_guest() -> None:
    text = b"".join(render(moment_of(hostile(1), hostile(2)))).decode()
    tokens = parsed(text)
    assert (count(tokens, "table_open"), count(tokens, "heading_open")) == (4, 5)
    inline = [token.type for block in tokens for token in block.children or ()]
    assert {*inline} <= {"text", "text_special"}
    assert text.isprintable() or {char for char in text if not char.isprintable()} == {"\n"}


def test_cells_of_a_panel_stay_on_their_line() -> None:
    (form,) = (one for one in SHOWN_FORMATS if one.suffix == ".md")
    tokens = parsed(b"".join(form.render(Table("title", ("a|b", "c\nd"), (("x\n|y", "`"), ("", "1"))))).decode())
    assert (count(tokens, "tr_open"), count(tokens, "th_open"), count(tokens, "td_open")) == (3, 2, 4)
