# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings of the host."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.settings import ConfigurationError
from engine.vm.site import FILES, allows_vprobes


def test_the_manual_s_file_is_read_first() -> None:
    assert FILES[0] == Path("/etc/vmware/config")
    assert not allows_vprobes(())


def test_later_files_win(tmp_path: Path) -> None:
    first, second, missing = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    first.write_text('libdir = "/usr/lib/vmware"\nvprobe.allow = TRUE\n')
    assert allows_vprobes((first, missing))
    second.write_text('vprobe.allow = "FALSE"\n')
    assert not allows_vprobes((first, second))
    assert allows_vprobes((second, first))


def test_a_wrong_value_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("vprobe.allow = yes\n")
    with pytest.raises(ConfigurationError, match="a:1: found 'yes'; expected TRUE or FALSE"):
        allows_vprobes((path,))
