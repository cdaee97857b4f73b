# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop new DIR`."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.vm.configuration import read_vmx
from vptop.cli.new import ExistsError, create


def test_a_new_vm_is_the_bundled_guest_with_scripts_enabled(tmp_path: Path) -> None:
    found = read_vmx(create(tmp_path / "some" / "lab"))
    assert (found.path, found.name) == (tmp_path / "some" / "lab" / "lab.vmx", "lab")
    assert (found.refusal, found.warnings, found.power.boot) == ("", (), "")


def test_a_vm_that_is_there_is_kept(tmp_path: Path) -> None:
    path = create(tmp_path / "lab")
    path.write_text("mine")
    with pytest.raises(ExistsError, match=r"lab\.vmx: exists already"):
        create(tmp_path / "lab")
    assert path.read_text() == "mine"


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"Not a directory|File exists"):
        create(tmp_path / "file" / "lab")
