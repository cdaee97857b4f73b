# SPDX-License-Identifier: GPL-2.0-or-later
"""Triple faults: the processor shuts down, and the board resets it (Intel SDM volume 3, 6.15, "Interrupt 8")."""

from __future__ import annotations

from engine.core.registers import Register
from engine.core.variables import Variable
from engine.errors import MachineStoppedError
from engine.machine.cpu import Cpu

SELF_TEST_MS = 5
"""Guest time that a reset takes, until the firmware has come to the boot sector."""
_SHOWN = ("RFLAGS", "CS", "SS", "CR0", "CR2", "CR3", "CR4", "EFER")


class TripleFaultError(MachineStoppedError):
    """There was a triple fault in a machine that is not to reboot. Its registers and memory are as they were then."""

    def __init__(self, cpu: Cpu) -> None:
        super().__init__(f"triple fault at RIP {cpu[Register.RIP]:#x} of CPU {cpu.number}\n{registers(cpu)}")


def registers(cpu: Cpu) -> str:
    """The registers of a CPU, four to a line."""
    values = {register.name: cpu[register] for register in Register}
    values |= {name: cpu.variable(Variable[name]) for name in _SHOWN}
    words = [f"{name:>6} {value:016x}" for name, value in values.items()]
    return "\n".join("  ".join(words[start : start + 4]) for start in range(0, len(words), 4))


class TripleFaults:
    """The triple faults of a machine since power-on."""

    def __init__(self, *, reboot: bool) -> None:
        """`reboot`: whether a triple fault resets the machine; otherwise it stops there."""
        self._reboot = reboot
        self.count = 0
        self._rip = 0
        self._next_notice = 1

    def add(self, cpu: Cpu) -> None:
        """A CPU has shut down.

        Raises:
            TripleFaultError: the machine is not to reboot.
        """
        self.count += 1
        self._rip = cpu[Register.RIP]
        if not self._reboot:
            raise TripleFaultError(cpu)

    def take_notice(self) -> str:
        """What is worth a notice, or nothing: the first one, and later ones each time their number has doubled.

        Where a machine is not to reboot, TripleFaultError says all.
        """
        if not self._reboot or self.count < self._next_notice:
            return ""
        self._next_notice = 2 * self.count
        times = "once" if self.count == 1 else f"{self.count} times"
        return f"triple fault at RIP {self._rip:#x}, the machine was reset ({times})"
