# SPDX-License-Identifier: GPL-2.0-or-later
"""The report."""

from __future__ import annotations

from html.parser import HTMLParser

from engine.probes.frame import AggregateId
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
    assert page.seen.count("polyline") == 2
    assert page.seen.count("rect") > 9
    assert "latency_us" in page.text
    assert "0xffffffff80002020" in page.text
    assert "bundled <guest>, 3 s" in page.text


def test_text_of_the_guest_is_no_markup() -> None:
    rows = {AggregateId("vptop.vp", "running"): aggregate([ones((32,), ("<script>alert(1)</script>\x1b[2J",), 7)])}
    page = b"".join(render(moment_of(frame(1), frame(2, aggregates=rows, log="<b>\x1b[31m\n"))))
    assert b"<script" not in page
    assert b"\x1b" not in page
    assert "<script>alert(1)</script>" in read(page).text
