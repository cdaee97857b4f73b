# SPDX-License-Identifier: GPL-2.0-or-later
"""The person's own editor."""

from __future__ import annotations

import sys
from contextlib import nullcontext

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
    with pytest.raises(ExternalEditorError, match="cannot run no-such-editor: No such file"):
        edit("a.vp", "", 1, nullcontext, ["no-such-editor"])
    with pytest.raises(ExternalEditorError, match="ended with status 3"):
        edit("a.vp", "", 1, nullcontext, [sys.executable, "-c", "raise SystemExit(3)"])
