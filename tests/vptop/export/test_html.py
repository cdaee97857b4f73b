# SPDX-License-Identifier: GPL-2.0-or-later
"""The report."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from engine.guest.symbols import Symbols
from engine.probes.frame import AggregateId
from engine.probes.printed import LogPart
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.export.html import render

VOID = {"meta", "line", "polyline", "rect", "br"}


class Checked(HTMLParser):
    """Checks that elements nest, and collects them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        assert not any(name in ("src", "href") for name, _ in attrs), "the report needs another file"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: bytes) -> Checked:
    checked = Checked()
    checked.feed(page.decode())
    assert checked.open == []
    return checked


def test_charts_over_time_a_histogram_a_call_tree_and_tables() -> None:
    page = read(b"".join(render(moment_of())))
    assert page.seen.count("polyline") == 3
    assert page.seen.count("rect") > 9
    assert "latency_us" in page.text
    assert "0xffffffff80001010 < 0xffffffff80002020" in page.text  # a stack by its functions, innermost first
    assert "GUEST_" not in page.text
    assert "bundled <guest>, 3 s" in page.text


def test_text_of_the_guest_is_no_markup() -> None:
    rows = {AggregateId("vptop.vp", "running"): aggregate([ones((32,), ("<script>alert(1)</script>\x1b[2J",), 7)])}
    page = b"".join(render(moment_of(frame(1), frame(2, aggregates=rows, log="<b>\x1b[31m\n"))))
    assert b"<script" not in page
    assert b"\x1b" not in page
    assert "<script>alert(1)</script>" in read(page).text


def test_what_is_cleared_each_second_is_summed_over_the_session() -> None:
    rows = {AggregateId("vptop.vp", "running"): aggregate([ones((46,), ("reader",), 7)])}
    page = read(b"".join(render(moment_of(frame(1, aggregates=rows), frame(2, aggregates=rows)))))
    assert "all 2 s" in page.text
    assert re.search(r"0x2e\s*reader\s*100.0%\s*14\b", page.text)


def test_the_log_has_whole_lines_with_their_time_and_not_what_the_tables_show() -> None:
    rows = "aggr: running (1 integer key) (0 string keys)\n  running[0x20] == avg 1 count 1 min 1 max 1 latest 1\n"
    parts = (LogPart(5, 1.0, 0, "a.vp", "In"), LogPart(len(rows), 1.0, 0, "a.vp", "In", is_aggregate=True))
    page = read(b"".join(render(moment_of(frame(1, log="slow\n" + rows, log_parts=parts), frame(2, log="end\n")))))
    assert "     1.000  slow\n     2.000  end" in page.text
    assert "aggr:" not in page.text


def test_stacks_in_the_same_functions_are_one_row_with_their_counts_summed() -> None:
    stacks = (("a", "GUEST_0x1004_0x2004", 2), ("b", "GUEST_0x1004", 6), ("a", "GUEST_0x1008_0x2008", 5))
    rows = [ones((), (process, stack), count) for process, stack, count in stacks]
    moment = moment_of(frame(1, aggregates={AggregateId("a.vp", "s"): aggregate(rows)}))
    moment.session.set_symbols(Symbols([(0x1000, "T", "read"), (0x2000, "T", "main")]))
    table = b"".join(render(moment)).decode().partition("<h2>s</h2>")[2].partition("</table>")[0]
    cells = [re.findall(r"<td.*?>(.*?)</td>", row) for row in re.findall(r"<tr>(<td.*?)</tr>", table)]
    assert cells == [["a", "read &lt; main", "53.8%", "7"], ["b", "read", "46.2%", "6"]]
