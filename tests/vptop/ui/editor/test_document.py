# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents for long texts say the same as Textual's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.document._document import Document
from textual.document._wrapped_document import WrappedDocument

from vptop.ui.editor.document import LongDocument, UnwrappedDocument

TEXTS = st.text(alphabet="ab世\t\n", max_size=20)
TAB_WIDTH = 2


@given(TEXTS, TEXTS, st.data())
def test_edits(text: str, put: str, data: st.DataObject) -> None:
    mine, theirs = LongDocument(text, TAB_WIDTH), Document(text)
    rows, their_rows = UnwrappedDocument(mine, tab_width=TAB_WIDTH), WrappedDocument(theirs, tab_width=TAB_WIDTH)
    places = st.builds(theirs.get_location_from_index, st.integers(0, len(text)))
    start, end = sorted((data.draw(places), data.draw(places)))
    assert mine.get_text_range(start, end) == theirs.get_text_range(start, end)
    edit = mine.replace_range(start, end, put)
    assert edit == theirs.replace_range(start, end, put)
    assert mine.text == theirs.text
    assert mine.get_size(TAB_WIDTH) == theirs.get_size(TAB_WIDTH)
    assert mine.get_size(TAB_WIDTH + 1) == theirs.get_size(TAB_WIDTH + 1)
    for one in (rows, their_rows):
        one.wrap_range(start, end, edit.end_location)
    assert rows.height == their_rows.height == mine.line_count
    for row in range(mine.line_count):
        assert rows.get_offsets(row) == their_rows.get_offsets(row) == []
        assert rows.get_tab_widths(row) == their_rows.get_tab_widths(row)
        assert rows.location_to_offset((row, 0)) == their_rows.location_to_offset((row, 0))
