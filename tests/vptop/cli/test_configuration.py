# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings: where they come from, and what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.machine_config import memory_mib
from engine.vm.options import PowerOn
from engine.vm.settings import ConfigurationError
from tests.vptop.cli.conftest import Command
from vptop.cli.configuration import MachineOptions, SettingOptions, power_on


def settings(*words: str, file: Path | None = None) -> PowerOn:
    return power_on(MachineOptions(), SettingOptions(words, file))


def test_without_any_the_vendor_is_the_same_on_every_host() -> None:
    assert settings() == PowerOn(cold=False, vendor="intel")


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    vmx = tmp_path / "guest.vmx"
    vmx.write_text(
        '# a virtual machine\n.encoding = "UTF-8"\nmemsize = "512"\nguestinfo.x-y = "1"\nfoo = bar baz\n\n'
        'vprobe.enable = "TRUE"\n'
        'vprobe.maxCodeBytes = "16384"\nVPROBE.BAGBYTES = 0x1000\nvhv.vendor = "amd"\n'
    )
    power = settings("vprobe.maxCodeBytes=32768", file=vmx)
    assert (power.code_bytes, power.bag_bytes, power.vendor, power.memory_mib) == (32768, 4096, "amd", 512)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("vprobe.bagbyte=1", "--set vprobe.bagbyte=1: no setting vprobe.bagbyte; did you mean vprobe.bagBytes?"),
        ("colour=red", "--set colour=red: no setting colour; there are vprobe.maxCodeBytes"),
        ("vprobe.bagBytes", "--set vprobe.bagBytes: no value; expected KEY=VALUE"),
        ("vprobe.maxCodeBytes=65537", "found '65537'; expected a number from 256 to 65536"),
        ("vprobe.maxCodeBytes=many", "found 'many'; expected a number from 256 to 65536"),
        ("vhv.vendor=via", "found 'via'; expected intel, amd or host"),
    ],
)
def test_a_wrong_setting_is_told(word: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        settings(word)
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a = "1"\nvprobe.bagBytes "7"\n', 'guest.vmx:2: found \'vprobe.bagBytes "7"\'; expected KEY = "VALUE"'),
        ('vhv.vendor = "via"\n', "guest.vmx:1: found 'via'; expected intel, amd or host"),
        ('vprobe.maxcodebyte = "1"\n', "did you mean vprobe.maxCodeBytes?"),
    ],
)
def test_a_wrong_line_of_a_file_is_told_by_its_number(tmp_path: Path, text: str, message: str) -> None:
    vmx = tmp_path / "guest.vmx"
    vmx.write_text(text)
    with pytest.raises(ConfigurationError) as told:
        settings(file=vmx)
    assert message in str(told.value)


def test_it_reaches_the_compiler(vptop: Command) -> None:
    script = "(vprobe HV_Exit (logint VMCB_EXITCODE))"
    assert vptop("check", "-", "--set", "vhv.vendor=amd", stdin=script).returncode == 0
    refused = vptop("check", "-", "--set", "vhv.vendor=intel", stdin=script)
    assert refused.returncode == 1
    assert "E210" in refused.stderr


def test_a_wrong_setting_ends_with_the_status_of_wrong_usage(vptop: Command) -> None:
    result = vptop("run", "--set", "vhv.vendor=via")
    assert (result.returncode, result.stdout) == (2, "")
    assert "expected intel, amd or host" in result.stderr


def test_a_missing_file_is_told(vptop: Command) -> None:
    result = vptop("run", "--config", "none.vmx")
    assert result.returncode == 2
    assert "none.vmx: No such file or directory" in result.stderr


def test_cold_begins_at_the_boot_sector(vptop: Command) -> None:
    script = "(vprobe VMMLoad (logint TSC))"
    cold = vptop("run", "--cold", "--seconds", "0.1", "-", stdin=script)
    assert cold.stdout == "0"
    assert vptop("run", "--seconds", "0.1", "-", stdin=script).stdout != "0"


LINUX = (
    'memsize = "128"\nguest.kernel = "boot/vmlinuz"\nguest.initrd = "/initrd.img"\nguest.append = "quiet root=/"\n'
    'guest.kaslr = "TRUE"\nguest.disk = "disk.img"\nguest.diskModel = "ssd"\n'
    'guest.diskBus = "virtio"\nguest.net = "rtl8139"\n'
)


def test_a_linux_kernel_is_named_in_a_file_with_names_relative_to_it(tmp_path: Path) -> None:
    vmx = tmp_path / "guest.vmx"
    vmx.write_text(LINUX)
    power = power_on(MachineOptions(), SettingOptions((), vmx))
    assert (power.kernel, power.initrd) == (str(tmp_path / "boot/vmlinuz"), "/initrd.img")
    assert (power.disk, power.disk_model, power.kaslr) == (str(tmp_path / "disk.img"), "ssd", True)
    assert (power.disk_bus, power.net) == ("virtio", "rtl8139")
    assert (power.words, power.memory_mib) == ("quiet root=/", 128)
    ours = power_on(MachineOptions(kernel=Path("vmlinuz"), memory=64, append=""), SettingOptions((), vmx))
    assert (ours.kernel, ours.memory_mib, ours.words, ours.disk) == ("vmlinuz", 64, "", power.disk)


def test_the_speed_of_the_cpu_is_an_option_and_a_setting(tmp_path: Path) -> None:
    vmx = tmp_path / "guest.vmx"
    vmx.write_text('guest.mips = "30"\n')
    assert power_on(MachineOptions(), SettingOptions()).mips is None
    assert power_on(MachineOptions(), SettingOptions((), vmx)).mips == 30
    assert power_on(MachineOptions(mips=20), SettingOptions((), vmx)).mips == 20


def test_the_model_of_the_cpu_is_an_option_and_a_setting(tmp_path: Path) -> None:
    vmx = tmp_path / "guest.vmx"
    vmx.write_text('guest.cpu = "minimal"\n')
    assert power_on(MachineOptions(), SettingOptions()).cpu == "modern"
    assert power_on(MachineOptions(), SettingOptions((), vmx)).cpu == "minimal"
    assert power_on(MachineOptions(cpu="Haswell"), SettingOptions((), vmx)).cpu == "haswell"
    with pytest.raises(ConfigurationError, match=r"--cpu: found 'haswel'; expected .* did you mean haswell"):
        power_on(MachineOptions(cpu="haswel"), SettingOptions())


def test_the_number_of_cpus(tmp_path: Path) -> None:
    vmx = tmp_path / "my.vmx"
    vmx.write_text('numvcpus = "2"\n')
    assert power_on(MachineOptions(), SettingOptions()).cpus == 1
    assert power_on(MachineOptions(), SettingOptions((), vmx)).cpus == 2
    assert power_on(MachineOptions(cpus=3), SettingOptions((), vmx)).cpus == 3


def test_a_linux_kernel_gets_more_memory() -> None:
    assert memory_mib(power_on(MachineOptions(kernel=Path("k")), SettingOptions())) == 256
    assert memory_mib(power_on(MachineOptions(), SettingOptions())) == 64
    assert memory_mib(power_on(MachineOptions(memory=100), SettingOptions())) == 100


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("guest.kaslr=perhaps", "TRUE or FALSE"),
        ("guest.diskModel=tape", "hdd, ssd or nvme"),
        ("guest.net=ne2000", "rtl8139 or virtio"),
        ("memsize=0", "from 1 to 3072"),
        ("guest.mips=251", "from 1 to 250"),
    ],
)
def test_wrong_settings_of_the_machine_are_told(word: str, expected: str) -> None:
    with pytest.raises(ConfigurationError, match=f"expected .*{expected}"):
        settings(word)
