# SPDX-License-Identifier: GPL-2.0-or-later
"""Drafts on disk."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from vptop.model.drafts import DraftStore, KeptDraft

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_a_draft_comes_back_until_it_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.vp"
    DraftStore(tmp_path / "drafts", lambda: NOON).keep("a.vp", path, "ä\n")
    store = DraftStore(tmp_path / "drafts")
    assert store.kept(path) == KeptDraft("a.vp", str(path), "ä\n", NOON)
    assert store.kept(tmp_path / "b.vp") is None
    store.drop(path)
    store.drop(path)
    assert store.kept(path) is None


def test_a_file_that_is_no_draft_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.vp"
    store = DraftStore(tmp_path / "drafts")
    store.keep("a.vp", path, "x")
    (file,) = (tmp_path / "drafts").iterdir()
    file.write_text("{")
    assert store.kept(path) is None
