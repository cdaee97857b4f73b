# SPDX-License-Identifier: GPL-2.0-or-later
"""vprobe.out (manual p. 8)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.output import OutputFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vprobe.out"


def test_output_is_appended(path: Path) -> None:
    path.write_bytes(b"before\n")
    output = OutputFile(path)
    output.write(b"one\n")
    output.write(b"")
    output.write(b"two\n")
    assert path.read_bytes() == b"before\none\ntwo\n"
    output.close()


def test_a_deleted_file_is_made_anew_by_the_next_script(path: Path) -> None:
    output = OutputFile(path)
    output.write(b"one\n")
    path.unlink()
    output.write(b"nowhere\n")
    output.reopen()
    output.write(b"two\n")
    assert path.read_bytes() == b"two\n"
    output.close()


def test_a_full_disk_stops_writing_until_the_next_script() -> None:
    output = OutputFile(Path("/dev/full"))
    output.write(b"one\n")
    assert "No space left on device" in output.failure
    output.write(b"two\n")
    output.reopen()
    assert output.failure == ""
    output.close()
    output.close()


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "missing" / "vprobe.out")
    assert "No such file" in output.failure
    output.write(b"one\n")


def test_the_message_says_what_is_lost() -> None:
    output = OutputFile(Path("/dev/full"), "serial output is not written")
    output.write(b"x")
    assert output.failure == "/dev/full: No space left on device: serial output is not written"
