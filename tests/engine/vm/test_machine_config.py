# SPDX-License-Identifier: GPL-2.0-or-later
"""Which machine a configuration asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.machine_config import config_of
from engine.vm.options import PowerOn
from engine.vm.settings import ConfigurationError
from tests.engine.vm.test_partitions import mbr


@pytest.mark.parametrize(
    ("power", "expected"),
    [
        (PowerOn(), ("ide", "hdd", "rtl8139", False)),
        (PowerOn(disk_model="ssd"), ("ide", "ssd", "rtl8139", False)),
        (PowerOn(kernel="k"), ("nvme", "nvme", "virtio", True)),
        (PowerOn(kernel="k", disk_bus="virtio"), ("virtio", "ssd", "virtio", True)),
        (PowerOn(kernel="k", disk_bus="ide", net="rtl8139"), ("ide", "hdd", "rtl8139", True)),
        (PowerOn(kernel="k", disk_bus="nvme", disk_model="hdd"), ("nvme", "hdd", "virtio", True)),
    ],
)
def test_what_is_not_chosen_suits_the_guest(power: PowerOn, expected: tuple[object, ...]) -> None:
    config = config_of(power)
    assert (config.disk_bus, config.disk_model, config.net, config.virtio) == expected


@pytest.mark.parametrize(("mips", "ticks"), [(250, 1), (125, 2), (31, 8), (1, 250)])
def test_the_slower_the_cpu_the_longer_a_byte_of_code_takes(mips: int, ticks: int) -> None:
    assert config_of(PowerOn(mips=mips)).ticks_per_byte == ticks


def test_a_linux_kernel_gets_the_fastest_cpu_unless_one_is_chosen() -> None:
    assert config_of(PowerOn(kernel="k")).ticks_per_byte == 1
    assert config_of(PowerOn(kernel="k", mips=125)).ticks_per_byte == 2
    assert config_of(PowerOn()).ticks_per_byte == config_of(PowerOn(boot="disk.img")).ticks_per_byte == 8


def test_the_cpu_is_of_the_model_and_the_vendor() -> None:
    config = config_of(PowerOn(cpu="haswell", vendor="amd"))
    assert (config.cpu, config.vendor) == ("haswell", "amd")
    with pytest.raises(ConfigurationError, match="no CPU model 'modem'; did you mean modern"):
        config_of(PowerOn(cpu="modem"))


def test_a_disk_with_linux_gets_what_the_kernels_of_distributions_drive(tmp_path: Path) -> None:
    image = tmp_path / "disk.img"
    image.write_bytes(mbr((0x80, 0x83, 2048, 2048)))
    config = config_of(PowerOn(boot=str(image)))
    assert (config.disk_bus, config.disk_model, config.net, config.virtio) == ("virtio", "ssd", "virtio", True)
    assert (config.ticks_per_byte, config.ram_bytes) == (2, 512 << 20)
    assert config_of(PowerOn(boot=str(image), disk_bus="ide", memory_mib=64, mips=31)).disk_bus == "ide"


def test_the_number_of_cpus() -> None:
    assert [config_of(power).cpus for power in (PowerOn(), PowerOn(cpus=3))] == [1, 3]
