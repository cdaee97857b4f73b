# SPDX-License-Identifier: GPL-2.0-or-later
"""What a .vmx file says."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm import site
from engine.vm.configuration import Configuration, NotFoundError, read_vmx
from engine.vm.machine_config import memory_mib
from engine.vm.settings import ConfigurationError

VMWARE = """\
#!/usr/bin/vmware
.encoding = "UTF-8"
config.version = "8"
displayName = "My machine"
memsize = "128"   # MiB
ide1:0.present = "TRUE"
ide1:0.fileName = "auto detect"
ide0:0.fileName = "disk.img"
ethernet0.virtualDev = "e1000"
guestinfo.something = "x"
"""
ON = 'vprobe.allow = "TRUE"\nvprobe.enable = "true"\n'


@pytest.fixture(autouse=True)
def no_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "allows_vprobes", lambda: False)


def vmx(tmp_path: Path, text: str) -> Configuration:
    path = tmp_path / "my.vmx"
    path.write_text(text)
    return read_vmx(path)


def test_a_file_of_vmware_s(tmp_path: Path) -> None:
    found = vmx(tmp_path, VMWARE + ON)
    assert (found.name, found.power.memory_mib, found.power.boot) == ("My machine", 128, f"{tmp_path}/disk.img")
    assert (found.output, found.script, found.refusal) == (tmp_path / "vprobe.out", None, "")
    assert [warning.partition(" is")[0] for warning in found.warnings] == [
        f'{tmp_path}/my.vmx:9: ethernet0.virtualDev = "e1000"'
    ]


def test_an_empty_file_is_the_bundled_guest(tmp_path: Path) -> None:
    found = vmx(tmp_path, "")
    assert (found.name, found.power.boot, found.power.kernel, memory_mib(found.power)) == ("my", "", "", 64)


def test_a_linux_guest_with_the_disk_beside_it(tmp_path: Path) -> None:
    found = vmx(tmp_path, 'guest.kernel = "vmlinuz"\nguest.append = "quiet"\nnvme0:0.fileName = "root.img"\n')
    power = found.power
    assert (power.kernel, power.words, power.disk) == (f"{tmp_path}/vmlinuz", "quiet", f"{tmp_path}/root.img")
    assert memory_mib(power) == 256


@pytest.mark.parametrize(
    "text",
    [
        'ide0:0.fileName = "cd.iso"\nide0:0.deviceType = "cdrom-image"',
        'ide0:0.fileName = "x"\nide0:0.present = "FALSE"',
    ],
)
def test_what_is_no_disk_is_not_booted(tmp_path: Path, text: str) -> None:
    assert vmx(tmp_path, text).power.boot == ""


def test_scripts_need_both_lines(tmp_path: Path) -> None:
    assert 'add the line vprobe.allow = "TRUE"' in vmx(tmp_path, 'vprobe.enable = "TRUE"').refusal
    disabled = vmx(tmp_path, 'vprobe.allow = "TRUE"\nvprobe.enable = "FALSE"').refusal
    assert disabled.endswith(f'add the line vprobe.enable = "TRUE" to {tmp_path}/my.vmx')


def test_the_host_may_allow_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "allows_vprobes", lambda: True)
    assert vmx(tmp_path, "vprobe.enable = TRUE").refusal == ""


def test_files_of_scripts_and_output(tmp_path: Path) -> None:
    found = vmx(tmp_path, 'vprobe.vpFile = "a.vp"\nvprobe.outFile = "/var/tmp/b.out"\n')
    assert (found.script, found.output) == (tmp_path / "a.vp", Path("/var/tmp/b.out"))


def test_what_cannot_be_followed_is_warned_of(tmp_path: Path) -> None:
    found = vmx(tmp_path, 'vprobe.guestSyms = "s"\nnumvcpus = "2"\nfirmware = "efi"\n').warnings
    assert [warning.split(": ")[0] for warning in found] == [f"{tmp_path}/my.vmx:{line}" for line in (1, 3)]
    assert vmx(tmp_path, 'numvcpus = "1"\nfirmware = "bios"').warnings == ()


def test_the_number_of_cpus(tmp_path: Path) -> None:
    assert vmx(tmp_path, 'numvcpus = "2"').power.cpus == 2
    with pytest.raises(ConfigurationError, match="found '17'"):
        vmx(tmp_path, 'numvcpus = "17"')


def test_a_network_card_or_serial_port_of_another_kind_is_warned_of(tmp_path: Path) -> None:
    text = 'ethernet0.present = "TRUE"\nethernet0.virtualDev = "e1000"\nserial0.fileType = "pipe"\n'
    assert [warning.partition(": ")[2].partition(" is ignored")[0] for warning in vmx(tmp_path, text).warnings] == [
        'ethernet0.virtualDev = "e1000"', 'serial0.fileType = "pipe"',
    ]  # fmt: skip


def test_a_second_port_or_card_is_warned_of(tmp_path: Path) -> None:
    text = 'serial1.present = "TRUE"\nethernet1.present = "FALSE"\nethernet2.present = "TRUE"\n'
    warnings = vmx(tmp_path, text).warnings
    assert [one.partition(" is ignored")[0].partition(": ")[2] for one in warnings] == [
        "serial1.present", "ethernet2.present",
    ]  # fmt: skip


def test_the_file_of_the_serial_port(tmp_path: Path) -> None:
    text = 'serial0.fileName = "serial.out"\nserial0.fileType = "file"\n'
    assert vmx(tmp_path, text + 'serial0.present = "TRUE"').serial == tmp_path / "serial.out"
    assert vmx(tmp_path, text + 'serial0.present = "FALSE"').serial is None
    assert vmx(tmp_path, 'serial0.fileName = "serial.out"').serial == tmp_path / "serial.out"
    assert vmx(tmp_path, 'serial0.fileName = "/tmp/pipe"\nserial0.fileType = "pipe"').serial is None


def test_wrong_lines_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"nowhere\.vmx: no such file"):
        read_vmx(tmp_path / "nowhere.vmx")
    with pytest.raises(ConfigurationError, match=r"my\.vmx:1: found 'maybe'; expected TRUE or FALSE"):
        vmx(tmp_path, 'vprobe.allow = "maybe"')
    with pytest.raises(ConfigurationError, match=r"did you mean vprobe\.bagBytes"):
        vmx(tmp_path, 'vprobe.bagByte = "1"')
