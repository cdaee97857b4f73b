# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a test kernel on a machine with the devices that suites expect."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec

from engine.errors import MachineStoppedError
from engine.machine.config import MachineConfig
from engine.machine.kernel import Kernel
from engine.machine.machine import Machine
from engine.vm.boot_media import boot_media
from engine.vm.conformance.report import Report, Result
from engine.vm.machine_config import config_of
from engine.vm.options import DEFAULT_CPU, BootError, PowerOn, Vendor

MEMORY_MIB = 128
"""Size of RAM that suites count on: QEMU's default."""
_SLICE_SECONDS = 0.01
"""Guest time between two looks at the console."""


class Case(msgspec.Struct, frozen=True):
    """A test kernel and how it is run."""

    file: str
    words: str = ""
    """its command line"""
    modules: tuple[str, ...] = ()
    """files for it, each with words behind a blank"""
    memory_mib: int = MEMORY_MIB
    """size of RAM"""
    cpus: int = 1
    cpu: str = DEFAULT_CPU
    """model of the CPUs"""
    vendor: Vendor = "intel"

    @property
    def name(self) -> str:
        """What it is called in reports: the file, and its command line."""
        return f"{Path(self.file).name} {self.words}".rstrip()


def check(test: Case) -> Kernel:
    """Read a test kernel.

    Raises:
        BootError: the file cannot be read, or is no Multiboot kernel for this much memory.
    """
    kernel = boot_media(_power(test)).kernel
    if kernel is None:
        raise BootError(f"{test.file}: a disk image; expected a Multiboot kernel")
    return kernel


def run(test: Case, seconds: float) -> Result:
    """Run a test kernel until it ends, or for some guest seconds.

    Raises:
        BootError: as of `check`.
    """
    report = Report()
    with Machine(config=_config(test), kernel=check(test)) as machine:
        stopped = _until_end(machine, report, seconds)
        report.add(machine.take_console(), final=True)
        return report.result(machine.exit_value, machine.seconds, stopped)


def _power(test: Case) -> PowerOn:
    return PowerOn(
        boot=test.file,
        words=test.words,
        modules=test.modules,
        memory_mib=test.memory_mib,
        cpus=test.cpus,
        cpu=test.cpu,
        vendor=test.vendor,
        reboot=False,
    )


def _config(test: Case) -> MachineConfig:
    return dataclasses.replace(config_of(_power(test)), suite_devices=True)


def _until_end(machine: Machine, report: Report, seconds: float) -> str:
    """Run until the kernel ends the run; returns why it was broken off, or nothing."""
    try:
        while machine.seconds < seconds:
            machine.run_seconds(min(_SLICE_SECONDS, seconds - machine.seconds))
            report.add(machine.take_console())
            if machine.exit_value is not None or machine.powered_off:
                return ""
    except MachineStoppedError as error:
        return str(error).partition("\n")[0]
    return f"it did not end within {seconds:g} guest seconds"
