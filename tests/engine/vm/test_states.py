# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of saved states."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.vm import states
from engine.vm.states import StateError


@pytest.fixture
def vmx(tmp_path: Path) -> Path:
    return tmp_path / "my.vmx"


def test_a_suspended_state_is_beside_the_vmx(vmx: Path) -> None:
    assert states.suspended(vmx) is None
    states.suspended_path(vmx).write_bytes(b"state")
    assert states.suspended(vmx) == vmx.with_name("my.vmss")
    states.forget_suspended(vmx)
    assert states.suspended(vmx) is None


def test_snapshots_are_listed_oldest_first(vmx: Path) -> None:
    for age, name in enumerate(("new", "old-one", "oldest")):
        path = states.snapshot_path(vmx, name)
        path.write_bytes(b"x")
        os.utime(path, (1000 - age, 1000 - age))
    vmx.with_name("other-new.vmsn").write_bytes(b"x")
    assert states.snapshots(vmx) == ["oldest", "old-one", "new"]


def test_reverting_copies_the_state(vmx: Path) -> None:
    states.snapshot_path(vmx, "one").write_bytes(b"state")
    states.revert(vmx, "one")
    assert states.suspended_path(vmx).read_bytes() == b"state"
    assert states.find_snapshot(vmx, "one").exists()
    states.snapshot_path(vmx, "off").write_bytes(b"")
    states.revert(vmx, "off")
    assert states.suspended(vmx) is None
    assert sorted(path.name for path in vmx.parent.iterdir()) == ["my-off.vmsn", "my-one.vmsn"]


@pytest.mark.parametrize("name", ["", "a/b", "a\\b", "a\nb", "\x1b[2J"])
def test_names_that_are_no_file_names(vmx: Path, name: str) -> None:
    with pytest.raises(StateError, match="cannot be the name of a snapshot"):
        states.snapshot_path(vmx, name)


def test_a_missing_snapshot_names_those_that_exist(vmx: Path) -> None:
    with pytest.raises(StateError, match="no snapshot x; there are: none"):
        states.revert(vmx, "x")
