# SPDX-License-Identifier: GPL-2.0-or-later
"""The person's own editor."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest

from vptop.ui.editor.external import ExternalEditorError, command, edit

APPEND = "import sys; p = sys.argv[-1]; assert sys.argv[1] == '+3'; open(p, 'a').write(p[-4:])"


def test_the_editor_gets_the_text_and_its_place() -> None:
    assert edit("dir/a.emt", "x ", 3, nullcontext, [sys.executable, "-c", APPEND]) == "x .emt"


def test_the_commands_in_order() -> None:
    assert command({"VISUAL": "code --wait", "EDITOR": "ed"}) == ["code", "--wait"]
    assert command({"EDITOR": "ed"}) == ["ed"]
    assert command({}) == ["vi"]
    with pytest.raises(ExternalEditorError, match="invalid \\$VISUAL or \\$EDITOR"):
        command({"EDITOR": "'ed"})


def test_an_editor_that_is_not_there_or_fails_leaves_the_text() -> None:
    suspended: list[str] = []

    @contextmanager
    def suspend() -> Iterator[None]:
        """As Textual's: the terminal comes back unless an error passes through here."""
        suspended.append("left")
        yield
        suspended.append("back")

    with pytest.raises(ExternalEditorError, match="cannot run no-such-editor: No such file"):
        edit("a.vp", "", 1, suspend, ["no-such-editor"])
    assert suspended == ["left", "back"]
    with pytest.raises(ExternalEditorError, match="ended with status 3"):
        edit("a.vp", "", 1, nullcontext, [sys.executable, "-c", "raise SystemExit(3)"])
