# SPDX-License-Identifier: GPL-2.0-or-later
"""`vmware.log` beside the .vmx."""

from __future__ import annotations

import re
from pathlib import Path

from engine.vm import vmware_log


def test_each_message_is_a_line_with_its_time(tmp_path: Path) -> None:
    vmx = tmp_path / "my.vmx"
    vmware_log.write(vmx, ["one"])
    vmware_log.write(vmx, ["two"])
    lines = (tmp_path / "vmware.log").read_text().splitlines()
    assert [re.sub(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\| ", "", line) for line in lines] == [
        "vmx| W: one",
        "vmx| W: two",
    ]


def test_nothing_to_say_makes_no_file(tmp_path: Path) -> None:
    vmware_log.write(tmp_path / "my.vmx", [])
    assert not (tmp_path / "vmware.log").exists()


def test_a_directory_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    vmware_log.write(tmp_path / "missing" / "my.vmx", ["one"])
