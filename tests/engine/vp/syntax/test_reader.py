# SPDX-License-Identifier: GPL-2.0-or-later
"""Text to nested lists."""

from __future__ import annotations

import pytest

from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.reader import MAX_NESTING, Group, Node, read


def lists(text: str) -> tuple[list[object], list[tuple[str, str]]]:
    """Nested lists of words; codes and messages of what was found."""

    def plain(node: Node) -> object:
        return [plain(item) for item in node.items] if isinstance(node, Group) else node.text

    findings = Findings()
    groups = read(SourceText("a.vp", text), findings)
    return [plain(group) for group in groups], [(found.code, found.message) for found in findings.items]


def test_forms_nest_and_comments_vanish() -> None:
    assert lists('(a (b 1 ; c)\n) "x")\n()') == ([["a", ["b", "1"], '"x"'], []], [])


def test_groups_span_their_parentheses() -> None:
    (group,) = read(SourceText("a.vp", " (a\n b)"), Findings())
    assert (group.span.line, group.span.column, group.span.end_line, group.span.end_column) == (1, 2, 2, 4)


@pytest.mark.parametrize(
    ("text", "found", "code"),
    [
        ('(a "x)\n(b)', [["a", '"x"'], ["b"]], "E103"),
        ("(a “x”)", [["a", '"x"']], "E105"),
        ("(a \x01 b)", [["a", "b"]], "E105"),
        ("word (a)", [["a"]], "E104"),
        ("(a\n(vprobe b)", [["a"], ["vprobe", "b"]], "E101"),
    ],
)
def test_the_rest_of_a_malformed_text_is_read(text: str, found: list[object], code: str) -> None:
    shown, messages = lists(text)
    assert shown == found
    assert [one for one, _ in messages] == [code]


def test_a_section_of_the_virtual_machine_is_skipped_and_others_are_reported() -> None:
    assert lists("@VM1 = here\n(a)\n@VM\n(b)") == ([["a"], ["b"]], [])
    assert lists("@VMK\n(a)")[1] == [("E209", "unsupported section @VMK: this machine has no VMkernel")]
    assert lists("@else\n(a)")[1] == [("E105", "invalid section @else")]


def test_a_comment_of_another_language_is_recognised() -> None:
    findings = Findings()
    read(SourceText("a.vp", "// hello\n(a)"), findings)
    assert findings.items[0].notes == ("comments begin with `;`",)


def test_forms_that_are_nested_too_deeply_are_left_out() -> None:
    deep = "(" * (MAX_NESTING + 1) + ")" * (MAX_NESTING + 1)
    assert lists(f"(a){deep}(b)") == ([["a"], ["b"]], [("E106", "forms are nested too deeply: 101 levels")])
