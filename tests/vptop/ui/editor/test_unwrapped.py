# SPDX-License-Identifier: GPL-2.0-or-later
"""A text whose lines are never wrapped is laid out as Textual's own document does it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.document._document import Document
from textual.document._wrapped_document import WrappedDocument

from vptop.ui.editor.unwrapped import UnwrappedDocument

TEXTS = st.text(alphabet="ab\t\n", max_size=20)


@given(TEXTS, TEXTS, st.data())
def test_rows_after_an_edit(text: str, put: str, data: st.DataObject) -> None:
    document = Document(text)
    mine, theirs = UnwrappedDocument(document, tab_width=2), WrappedDocument(document, tab_width=2)
    places = st.builds(document.get_location_from_index, st.integers(0, len(text)))
    start, end = sorted((data.draw(places), data.draw(places)))
    edit = document.replace_range(start, end, put)
    for one in (mine, theirs):
        one.wrap_range(start, end, edit.end_location)
    assert mine.height == theirs.height == document.line_count
    for row in range(document.line_count):
        assert mine.get_offsets(row) == theirs.get_offsets(row) == []
        assert mine.get_tab_widths(row) == theirs.get_tab_widths(row)
        assert mine.location_to_offset((row, 0)) == theirs.location_to_offset((row, 0))
