# SPDX-License-Identifier: GPL-2.0-or-later
"""How the dashboard looked when it ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from vptop.model.last_session import LastSession, PanelState, read, write


def test_what_is_written_is_read(tmp_path: Path) -> None:
    session = LastSession("vptop-light", "irq", {"irq/table": PanelState("cnt>3", "rate", reverse=True)})
    write(tmp_path / "new" / "session.json", session)
    assert read(tmp_path / "new" / "session.json") == session


@pytest.mark.parametrize("text", ["", "{", '{"view": 3}', "[]"])
def test_a_file_that_cannot_be_read_is_no_session(tmp_path: Path, text: str) -> None:
    path = tmp_path / "session.json"
    path.write_text(text)
    assert read(path) == LastSession()
    assert read(tmp_path / "none") == LastSession()
