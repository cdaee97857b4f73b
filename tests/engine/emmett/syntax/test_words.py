# SPDX-License-Identifier: GPL-2.0-or-later
"""Text as words."""

from __future__ import annotations

import pytest

from engine.emmett.syntax.words import integer_value, words_of
from engine.vp.diagnostics.source import Findings, SourceText


def words(text: str) -> list[str]:
    return [f"{word.type}:{word.text}" for word in words_of(SourceText("a", text), Findings())]


def codes(text: str) -> list[str]:
    findings = Findings()
    list(words_of(SourceText("a", text), findings))
    return [one.code for one in findings.items]


def test_colons_belong_to_names_of_probes_only() -> None:
    assert words("GUEST:0x7c00 x = a?b:c;")[0] == "POINT:GUEST:0x7c00"
    assert words("VMM1Hz x = RBX?RBX:RCX;")[3:8] == ["NAME:RBX", "QUESTION:?", "NAME:RBX", "COLON::", "NAME:RCX"]
    assert words("struct { int a:3; }")[4:6] == ["COLON::", "INTEGER:3"]
    assert words("x; GUEST:ENTER:nt!Close.part@8 y;")[2] == "POINT:GUEST:ENTER:nt!Close.part@8"


def test_minus_minus_is_one_word_only_at_the_end_of_a_loop() -> None:
    assert words("i--)") == ["NAME:i", "MINUSMINUS:--", "RPAR:)"]
    assert words("i--j") == ["NAME:i", "MINUS:-", "MINUS:-", "NAME:j"]


def test_a_hash_begins_a_directive_or_a_comment() -> None:
    assert words('#include "a"\n# include the file\n#define X 1\n#defined elsewhere\nx # end\n') == [
        'DIRECTIVE:#include "a"', "DIRECTIVE:#define X 1", "NAME:x",
    ]  # fmt: skip
    assert words("#define X a \\\n  b\ny") == ["DIRECTIVE:#define X a \\\n  b", "NAME:y"]


def test_comments_nest_where_they_can() -> None:
    assert words("a /* b /* c */ d */ e") == ["NAME:a", "NAME:e"]
    assert words("a /* b /* c */ d") == ["NAME:a", "NAME:d"], "as in 2010, when comments did not nest"
    assert codes("a /* b") == ["E603"]


def test_what_is_no_word_is_reported() -> None:
    assert codes("a ` b") == ["E601"]
    assert codes("'a'") == ["E601"]
    assert codes('"a\nb') == ["E602"]
    assert codes("1a 08 0x10000000000000000") == ["E604", "E604", "E604"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("010", 8), ("0xFF", 255), ("18446744073709551615", (1 << 64) - 1), ("18446744073709551616", None),
     ("09", None), ("0x" + "0" * 90 + "1", 1), ("9" * 5000, None)],
)  # fmt: skip
def test_integers_have_the_values_of_c(text: str, value: int | None) -> None:
    assert integer_value(text) == value
