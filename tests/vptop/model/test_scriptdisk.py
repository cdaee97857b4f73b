# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of scripts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vptop.model.drafts import DraftStore
from vptop.model.scriptdisk import ScriptDisk
from vptop.model.scriptfiles import ScriptFile, joined, read_all


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.vp"
    path.write_text("; one\n")
    return path


def disk(path: Path) -> ScriptDisk:
    return ScriptDisk([ScriptFile("a.vp", "; one\n", path)], DraftStore(path.parent / "drafts"))


def rewrite(path: Path, text: str) -> None:
    """Write a file so that its stamp differs, whatever the clock of the file system resolves."""
    path.write_text(text)
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1_000_000_000))


def test_what_another_program_writes_is_told_once(path: Path) -> None:
    known = disk(path)
    assert known.look() == {}
    rewrite(path, "; two\n")
    assert known.changed_outside("a.vp")
    assert known.look() == {"a.vp": "; two\n"}
    assert known.look() == {}
    assert known.changed_outside("a.vp"), "the text that is edited is not a version of it"
    known.take("a.vp")
    assert not known.changed_outside("a.vp")


def test_a_file_that_is_gone_or_only_touched_is_no_change(path: Path) -> None:
    known = disk(path)
    rewrite(path, "; one\n")
    assert known.look() == {}
    path.unlink()
    assert known.look() == {}


def test_writing_here_is_no_change_from_outside_and_ends_the_draft(path: Path) -> None:
    known = disk(path)
    known.keep_draft("a.vp", "; three\n", "; one\n")
    assert known.write("a.vp", "; three\n") == [path]
    assert known.look() == {}
    assert disk(path).kept_draft("a.vp", "; one\n") is None


def test_a_file_is_written_in_its_own_form(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf; one\r\n")
    disk(path).write("a.vp", "; one\n; two\n")
    assert path.read_bytes() == b"\xef\xbb\xbf; one\r\n; two\r\n"


def test_a_read_only_file_stays_as_it_is(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(PermissionError, match="read-only"):
        disk(path).write("a.vp", "; two\n")
    assert path.read_text() == "; one\n"


def test_a_draft_is_kept_while_it_differs_from_the_file(path: Path) -> None:
    disk(path).keep_draft("a.vp", "; draft\n", "; one\n")
    kept = disk(path).kept_draft("a.vp", "; one\n")
    assert kept is not None
    assert kept.text == "; draft\n"
    disk(path).keep_draft("a.vp", "; one\n", "; one\n")
    assert disk(path).kept_draft("a.vp", "; one\n") is None


def test_a_draft_is_of_the_file_that_it_was_begun_with(path: Path) -> None:
    disk(path).keep_draft("a.vp", "; draft\n", "; one\n")
    known = disk(path)
    assert known.kept_draft("a.vp", "; one\n") is not None
    assert not known.changed_outside("a.vp")
    path.write_text("; theirs\n")
    known = ScriptDisk([ScriptFile("a.vp", "; theirs\n", path)], DraftStore(path.parent / "drafts"))
    assert not known.changed_outside("a.vp")
    assert known.kept_draft("a.vp", "; theirs\n") is not None
    assert known.changed_outside("a.vp")
    known.take("a.vp")
    assert not known.changed_outside("a.vp")


def test_a_draft_of_a_script_that_was_never_written_is_found_in_its_folder(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    known = disk(path)
    known.keep_draft("a.vp", "; draft\n", "; one\n")
    known.keep_draft("new.vp", "; begun\n", "")
    known.keep_draft("new.vp", "; applied\n", "; applied\n")
    known.keep_draft("bundled.vp", "; draft\n", "; bundled\n")
    assert [(one.script, one.text) for one in disk(path).begun_drafts()] == [("new.vp", "; applied\n")]
    known.write("new.vp", "; applied\n")
    assert disk(path).begun_drafts() == []
    (path.parent / "new.vp").unlink()
    known = disk(path)
    known.keep_draft("new.vp", "; begun\n", "")
    assert len(disk(path).begun_drafts()) == 1
    (path.parent / "drafts" / "other.json").write_text("{")
    monkeypatch.chdir("/")
    assert disk(path).begun_drafts() == []
    monkeypatch.chdir(path.parent)
    disk(path).keep_draft("new.vp", "", "")
    assert disk(path).begun_drafts() == []


def test_a_text_that_runs_but_is_in_no_file_is_kept(path: Path) -> None:
    disk(path).keep_draft("a.vp", "; applied\n", "; applied\n")
    assert disk(path).kept_draft("a.vp", "; one\n") is not None


def test_a_script_of_several_files_is_written_and_read_file_by_file(tmp_path: Path) -> None:
    paths = [tmp_path / "lib.vp", tmp_path / "main.vp"]
    for path, text in zip(paths, ("(definteger a)\n", "(vprobe VMM1Hz a)\n"), strict=True):
        path.write_text(text)
    (script,) = joined(read_all(paths))
    known = ScriptDisk([script])
    assert known.path("main.vp") == paths[1]
    changed = script.source.replace("definteger a", "definteger b").replace("VMM1Hz a", "VMM1Hz a b")
    assert known.write("main.vp", script.source.replace("VMM1Hz a", "VMM1Hz a a")) == [paths[1]]
    assert known.write("main.vp", changed) == paths
    assert [path.read_text() for path in paths] == ["(definteger b)\n", "(vprobe VMM1Hz a b)\n"]
    rewrite(paths[0], "(definteger c)\n")
    assert known.changed_outside("main.vp")
    assert known.look() == {"main.vp": changed.replace("definteger b", "definteger c")}


def test_without_a_store_nothing_is_kept(path: Path) -> None:
    known = ScriptDisk([ScriptFile("a.vp", "; one\n", path)])
    known.keep_draft("a.vp", "; draft\n", "; one\n")
    assert not known.keeps_drafts
    assert known.kept_draft("a.vp", "; one\n") is None
