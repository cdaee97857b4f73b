# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop new DIR`."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.vm.configuration import read_vmx
from tests.vptop.cli.conftest import Command
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


def test_a_vm_is_run_by_its_file(tmp_path: Path, vptop: Command) -> None:
    (tmp_path / "hello.vp").write_text('(vprobe VMM10Hz (printf "hello\\n"))')
    assert vptop("new", "vm").stdout == "vm/vm.vmx\n"
    assert vptop("run", "--vm", "vm/vm.vmx", "--seconds", "0.35", "hello.vp").stdout == "hello\n" * 3
    assert vptop("run", "vm/vm.vmx", "--seconds", "0.35", "hello.vp").stdout == "hello\n" * 3
    path = tmp_path / "vm" / "vm.vmx"
    path.write_text(path.read_text().replace('vprobe.enable = "TRUE"', ""))
    refused = vptop("run", "vm/vm.vmx", "hello.vp")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert 'add the line vprobe.enable = "TRUE"' in refused.stderr
