# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m buildtools`."""

from __future__ import annotations

import pytest

from buildtools.__main__ import TARGETS, main


def test_what_is_current_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "engine/core/libvpcore.so",
        "engine/machine/bios/bios.bin",
        "engine/guest/bundled/disk.img",
        "engine/guest/bundled/kernel.sym",
    ]
    assert len(TARGETS) == 3


def test_an_unknown_target_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kernel"]) == 2
    assert "unknown target `kernel`, expected one of core, bios, guest, sanitized" in capsys.readouterr().err
