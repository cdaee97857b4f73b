# SPDX-License-Identifier: GPL-2.0-or-later
"""The text itself in colours, with marks in the gutter and at the end of lines, and its language's idea of a word."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events, work
from textual.document._document_navigator import DocumentNavigator
from textual.geometry import Size
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from engine.vm.protocol import Place
from engine.vp import VP, Language, Prelude
from engine.vp.editing.names import Candidate, Names
from engine.vp.editing.token_list import TokenList
from engine.vp.editing.tokens import TokenKind
from vptop.model.plain import clean, clean_columns
from vptop.ui.editor.document import LongDocument, UnwrappedDocument
from vptop.ui.editor.glimpse import Glimpse
from vptop.ui.editor.marks import GLYPHS, Marks, Stretch, severity_style, stretches, style_of
from vptop.ui.editor.structure import (
    INDENT,
    Location,
    enclosing,
    indent_after,
    outermost,
    partner,
    reindented,
)
from vptop.ui.line_input import run_at_once
from vptop.ui.render.fit import fit, width_of
from vptop.ui.render.palette import Palette, from_theme

OWN_KEYS = frozenset({"escape", "enter", "tab"})
"""Keys that TextArea handles itself."""
MOST_AT_ONCE = 200
"""Lines that are indented before the next key."""
MOST_DRAWN = 1000
"""Lines that are remembered as they were drawn."""


class VpArea(TextArea):
    """A TextArea that knows the languages of scripts.

    Marks are drawn over blank cells only, never over the text; but a line that goes on beyond an edge says so there.
    """

    def __init__(self) -> None:
        self._drawn: dict[Hashable, Strip] = {}
        """lines as they were drawn, by all that they depend on"""
        super().__init__(
            "", show_line_numbers=True, soft_wrap=False, tab_behavior="indent", theme="css", max_checkpoints=500
        )
        self.indent_width = INDENT
        self.marks = Marks()
        self._glimpse = Glimpse()
        self.script_language: Language = VP
        """of the script that is edited"""
        self.intercept: Callable[[str], bool] = lambda _: False
        """asked about each key before the text takes it"""
        self._palette: Palette | None = None
        self.names: Names = Names()
        """what the text defined when typing last paused"""
        self.typed = False
        """the last key put a character into the text"""
        self._narrower: list[Selection] = []
        """selections that were widened, for narrowing again"""
        self._widened: Selection | None = None
        """the last selection that widening or narrowing made"""

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Terminals send Alt with a letter as a key that has a character; it is a command all the same."""
        return not key.startswith("alt+") and super().check_consume_key(key, character)

    async def _on_key(self, event: events.Key) -> None:
        self.typed = event.is_printable and not event.key.startswith("alt+")
        if event.key.startswith("alt+"):
            event.prevent_default()
            await run_at_once(self, event)
        elif self.intercept(event.key):
            event.stop()
            event.prevent_default()
        elif event.key not in OWN_KEYS and not self.check_consume_key(event.key, event.character):
            await run_at_once(self, event)

    async def _on_paste(self, event: events.Paste) -> None:
        """Before TextArea puts in the text."""
        self.typed = False

    # --- what it shows ---

    def tokens(self) -> TokenList:
        """The tokens of the text."""
        return self.script_language.typed.scan(self.text)

    def take_tokens(self, source: str, tokens: TokenList) -> None:
        """These are the tokens of a text to its end; after a quote or bracket is typed, those near it are known."""
        self.script_language.typed.know(source, tokens)
        if source == self.text:
            self.read_words()

    def read_words(self) -> None:
        """Take in the text after a change: one pass over all of it, not one a line drawn."""
        self._glimpse.forget()
        self.marks.tokens = self.tokens()
        self.redraw()

    def _set_document(self, text: str, language: str | None) -> None:
        """As TextArea does for a text without a language of its own, with documents for long texts."""
        self.document = LongDocument(text, self.indent_width)
        self.wrapped_document = UnwrappedDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _refresh_size(self) -> None:
        """As TextArea does after each edit, with the cursor in the text.

        TextArea undoes an edit before it moves the cursor back. Where that takes the scroll bar away, it looks for the
        cursor in a line that is gone.
        """
        self.selection = self.selection  # which its validator moves into the text
        width, height = self.document.get_size(self.indent_width)
        # Not less than there is room for: an edit of lines that fit would lay out the screen anew.
        room = self.content_region.width - self.styles.scrollbar_size_vertical
        self.virtual_size = Size(max(width + self.gutter_width + 1, room), height)
        self._refresh_scrollbars()

    def redraw(self) -> None:
        """The marks have changed."""
        super().notify_style_update()
        self.refresh()

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        self._palette = None
        self._drawn.clear()
        super().notify_style_update()

    @property
    def palette(self) -> Palette:
        """The theme's styles."""
        if self._palette is None:
            self._palette = from_theme(self.app.theme_variables)
        return self._palette

    def get_line(self, line_index: int) -> Text:
        """A line with its words in colour and what is wrong underlined."""
        line = Text(clean_columns(self.document.get_line(line_index)), end="", no_wrap=True)
        for stretch in self._words(line_index):
            style = style_of(stretch.kind, self.palette)
            if style is not None:
                line.stylize(style, stretch.start, stretch.end)
        for place in self.marks.wrong.get(line_index, ()):
            end = place.end_column - 1 if place.end_line == place.line else None
            line.stylize(Style(underline=True, color=self._color(place)), place.column - 1, end)
        for start, end in self.marks.found.get(line_index, ()):
            line.stylize(self.palette.alert, start, end)
        return line

    def _words(self, index: int) -> list[Stretch]:
        """Those of a line; of one that has some, but is not read yet, as they look by themselves."""
        found, lines = stretches(self.marks.tokens, index), self.document.lines
        if found or not lines[index].strip():
            return found
        return self._glimpse.words(lines, index, self.script_language.typed)

    def _color(self, place: Place) -> str | None:
        color = severity_style(place.severity, self.palette).color
        return color.name if color else None

    def render_line(self, y: int) -> Strip:
        """A line with its marks: severity in the gutter, message or rate at the end.

        Textual draws every line anew after each key; those that have not changed are remembered here.
        """
        index = y + self.scroll_offset.y
        if index >= self.document.line_count:
            return super().render_line(y)
        key = self._depends_on(index)
        if key is None:
            return self._with_marks(super().render_line(y), index)
        if key not in self._drawn:
            if len(self._drawn) >= MOST_DRAWN:
                self._drawn.clear()
            self._drawn[key] = self._with_marks(super().render_line(y), index)
        return self._drawn[key]

    def _depends_on(self, index: int) -> Hashable:
        """All that a line is drawn from; None of one with an end of the selection or the partner of a bracket."""
        first, last = sorted((self.selection.start[0], self.selection.end[0]))
        bracket = self.matching_bracket_location
        if index in (first, last) or (bracket is not None and bracket[0] == index):
            return None
        marks, view = self.marks, (self.size, self.scroll_offset.x, self.gutter_width, self.has_focus)
        return (
            index,
            self.document.get_line(index),
            first < index < last,
            view,
            tuple(self._words(index)),
            tuple(marks.wrong.get(index, ())),
            tuple(marks.found.get(index, ())),
            marks.failed.get(index),
            marks.rates.get(index),
            index in marks.running,
        )

    def _with_marks(self, drawn: Strip, index: int) -> Strip:
        wrong = self.marks.wrong.get(index, ())
        drawn = self._gutter(drawn, index, wrong[0] if wrong else None)
        width = self.scrollable_content_region.width
        used = (
            self.gutter_width
            + width_of(clean_columns(self.document.get_line(index)).expandtabs(INDENT))
            - self.scroll_offset.x
        )
        if wrong:
            text = f"{GLYPHS[wrong[0].severity]} {clean(wrong[0].message)}"
            style = severity_style(wrong[0].severity, self.palette)
        elif index in self.marks.failed:
            text, style = f"{GLYPHS['error']} {clean(self.marks.failed[index])}", self.palette.bad
        elif index in self.marks.rates:
            text, style = self.marks.rates[index], self.palette.dim
        else:
            return self._continued(drawn, index, used)
        room = width - used - 2
        drawn = self._continued(drawn, index, used)
        if room < 8:  # a message cut to less says nothing; the list of problems has it whole
            return drawn
        shown = fit(text, min(room, width_of(text)))
        start = used + 2 if wrong or index in self.marks.failed else width - width_of(shown)
        return _put(drawn, start, shown, style)

    def _continued(self, drawn: Strip, index: int, used: int) -> Strip:
        """Marks at the edges beyond which the text of a line goes on, but not where the cursor is."""
        width = self.scrollable_content_region.width
        row, cursor = self.cursor_location[0], self.cursor_screen_offset.x - self.content_region.x
        places = [(width - 1, "›", used > width)]
        places.append((self.gutter_width, "‹", self.scroll_offset.x > 0 and used > self.gutter_width))
        for place, glyph, goes_on in places:
            if goes_on and (index != row or cursor != place):
                drawn = _put(drawn, place, glyph, self.palette.accent)
        return drawn

    def _gutter(self, drawn: Strip, index: int, wrong: Place | None) -> Strip:
        """The last two cells of the line number's gutter are blank: severity or the mark of a changed line."""
        if not self.gutter_width:
            return drawn
        if wrong is not None:
            style = severity_style(wrong.severity, self.palette)
            return _put(drawn, self.gutter_width - 2, GLYPHS[wrong.severity], style)
        if index in self.marks.failed:
            return _put(drawn, self.gutter_width - 2, GLYPHS["error"], self.palette.bad)
        if index not in self.marks.running:
            return _put(drawn, self.gutter_width - 2, "▎", self.palette.bar)
        return drawn

    # --- words and lines ---

    def word_before(self) -> str:
        """The part of a word that is typed before the cursor."""
        row, column = self.cursor_location
        return self.script_language.prefix(self.text, row + 1, column + 1)

    @property
    def is_behind_arrow(self) -> bool:
        """The cursor stands where a member of a structure begins."""
        row, column = self.cursor_location
        return self.document.get_line(row)[:column].endswith("->") and not self.word_before()

    def candidates(self, prelude: Prelude | None) -> list[Candidate]:
        """The words that may stand at the cursor and begin with what is typed there, best first."""
        row, column = self.cursor_location
        return self.script_language.candidates(self.text, row + 1, column + 1, prelude, self.names)

    def names_here(self) -> list[str]:
        """The names in the cursor's line, the one under the cursor first."""
        row, column = self.cursor_location
        here = list(self.tokens().in_line(row + 1))
        here.sort(key=lambda token: not token.column <= column + 1 <= token.end_column)
        return [token.text for token in here if token.kind is TokenKind.NAME]

    def complete(self, word: str) -> None:
        """Put a whole word in the place of its beginning."""
        row, column = self.cursor_location
        self.replace(word, (row, column - len(self.word_before())), (row, column))

    def new_line(self) -> None:
        """Break the line in the place of the selection, and indent as deep as the open parentheses say."""
        start, end = sorted(self.selection)
        row, column = start
        tokens = self.tokens()
        blanks = indent_after(self.document.lines, tokens, tokens.before(row + 1, column + 1))
        self.replace("\n" + " " * blanks, start, end)

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """The partner of a bracket; those in comments and strings have none."""
        return partner(self.tokens(), search_from) if bracket in "()[]{}" else None

    def widen(self) -> bool:
        """Select the smallest word or form around the selection; False when there is none."""
        start, end = sorted(self.selection)
        larger = enclosing(self.tokens(), start, end)
        if larger is None:
            return False
        if self.selection != self._widened:
            self._narrower = []
        self._narrower.append(self.selection)
        self.selection = self._widened = Selection(*larger)
        return True

    def narrow(self) -> bool:
        """Undo the last widening; False when there is none."""
        if self.selection != self._widened or not self._narrower:
            return False
        self.selection = self._widened = self._narrower.pop()
        return True

    def reindent(self) -> None:
        """Indent the selected lines, or those of the top-level form around the cursor, by their brackets."""
        (first, _), (last, _) = sorted(self.selection)
        if self.selection.is_empty:
            form = outermost(self.tokens(), self.cursor_location)
            first, last = (form[0][0], form[1][0]) if form else (first, last)
        if last - first > MOST_AT_ONCE:
            self._reindent_many(self.text, first, last)
        else:
            self._put_indented(first, last, reindented(self.document.lines, first, last, self.tokens()))

    @work(thread=True, exclusive=True, group="indent", exit_on_error=False)
    def _reindent_many(self, text: str, first: int, last: int) -> None:
        """Indent so many lines that keys would have to wait; if the text changes meanwhile it stays as it is."""
        made = reindented(text.split("\n"), first, last, self.script_language.tokens(text))

        def put() -> None:
            if self.text == text:
                self._put_indented(first, last, made)

        self.app.call_from_thread(put)

    def _put_indented(self, first: int, last: int, made: Sequence[str]) -> None:
        before = self.document.lines[first : last + 1]
        if made != before:
            row, column = self.cursor_location
            self.replace("\n".join(made), (first, 0), (last, len(before[-1])))
            grown = len(made[row - first]) - len(before[row - first]) if first <= row <= last else 0
            self.move_cursor((row, max(0, column + grown)))

    def toggle_comment(self) -> None:
        """Make comments of the selected lines, or lines of comments."""
        (first, _), (last, _) = sorted(self.selection)
        lines = self.document.lines[first : last + 1]
        mark = self.script_language.comment
        commented = all(line.lstrip().startswith(mark) for line in lines if line.strip())
        changed = [
            _uncommented(line, mark) if commented else f"{mark} {line}" if line.strip() else line for line in lines
        ]
        self.replace("\n".join(changed), (first, 0), (last, len(lines[-1])), maintain_selection_offset=False)


def _uncommented(line: str, mark: str) -> str:
    before, _, behind = line.partition(mark)
    return before + behind.removeprefix(" ")


def _put(drawn: Strip, start: int, text: str, style: Style) -> Strip:
    """Draw over some cells and keep the background that is there."""
    end = start + width_of(text)
    under = drawn.crop(start, start + 1)
    background = next((segment.style.bgcolor for segment in under if segment.style), None)
    return Strip.join(
        [drawn.crop(0, start), Strip([Segment(text, Style(bgcolor=background) + style)]), drawn.crop(end)]
    )
