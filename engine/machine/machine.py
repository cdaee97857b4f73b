# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual PC."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from engine.core.binding import VMX_CONTEXT
from engine.core.points import Point
from engine.core.registers import Register
from engine.core.stops import Stop
from engine.machine import firmware, smi_handler
from engine.machine.bus import MemoryBus, PortBus
from engine.machine.choices import Latency
from engine.machine.clock import Clock
from engine.machine.config import MachineConfig
from engine.machine.cpu import Counters, CpuComplex
from engine.machine.cpu_models import MODELS
from engine.machine.devices.disk_contents import Source
from engine.machine.devices.disk_image import DiskImage
from engine.machine.exits import exit_counts
from engine.machine.kernel import Kernel
from engine.machine.keystrokes import scan_codes, strokes
from engine.machine.memory import Memory
from engine.machine.motherboard import Motherboard
from engine.machine.trace import TracedAccess, device_access
from engine.machine.triple_faults import SELF_TEST_MS, TripleFaults

BOOTSTRAP = 0
"""Number of the CPU that boots; the others wait for a start-up message (Intel SDM volume 3, 8.4)."""


class Machine:
    """A PC: CPUs, RAM, devices, one disk. It executes only inside `run`; close it when done."""

    def __init__(
        self,
        disk: Source | None = None,
        config: MachineConfig = MachineConfig(),
        kernel: Kernel | None = None,
        *,
        boot: bool = True,
    ) -> None:
        """Switch a PC on; it stands before the first instruction of its disk's boot sector, or of a kernel.

        Args:
            disk: the image on its disk.
            config: what kind of PC it is.
            kernel: what it boots instead of its disk.
            boot: False where a snapshot's state replaces everything at once.

        Raises:
            OSError: the image cannot be opened.
            InputError: the kernel does not fit into memory.
            CoreError: the CPU emulator is missing or of another version.
        """
        self.config = config
        self.kernel = kernel
        self.image = None if disk is None else DiskImage(disk)
        self.access = device_access(self)
        self._complex = CpuComplex(
            self.access,
            ram_bytes=config.ram_bytes,
            cpus=config.cpus,
            tsc_hz=config.tsc_hz,
            ticks_per_byte=config.ticks_per_byte,
            epoch_us=config.epoch_us,
            model=MODELS[config.cpu],
            vendor=config.vendor,
        )
        self.core = self._complex.core
        self.cpus = self._complex.cpus
        self.clock = Clock(config.tsc_hz, self._complex.now, self._complex.set_deadline)
        self.memory = Memory(self.core.ram, self._complex.memory_changed)
        self.ports = PortBus()
        self.windows = MemoryBus(self._complex.open_window)
        self.reboots = 0
        self.triple_faults = TripleFaults(reboot=config.reboot)
        self._reset_wanted = self._off_wanted = False
        self.powered_off = False
        """time passes, and nothing else happens until the power or reset button is pressed"""
        if not isinstance(self.access, TracedAccess):
            self.ports.core = self._complex
        self.motherboard = Motherboard(self)
        if boot:
            self._boot()

    @classmethod
    def with_disk(cls, image: bytes | Path, disk: Latency = "hdd", seed: int = 1) -> Machine:
        """The standard PC with an image on its disk, whose latency follows a preset (`hdd`, `ssd`, `nvme`) and a seed.

        Raises:
            OSError: the image cannot be opened.
            CoreError: the CPU emulator is missing or of another version.
        """
        return cls(image, MachineConfig(disk_model=disk, seed=seed))

    def smi(self) -> None:
        """SMI# is wired to every CPU."""
        for cpu in self.cpus:
            cpu.smi()

    def nmi(self) -> None:
        """The NMI button, wired to every CPU."""
        for cpu in self.cpus:
            cpu.nmi()

    def __enter__(self) -> Machine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Switch off and free everything; programs must be freed before."""
        self._complex.close()
        if self.image is not None:
            self.image.close()

    # --- the parts, for snapshots ------------------------------------------------------------------------------------

    @property
    def media_digest(self) -> str:
        """Of what the machine was made with: the image on its disk, the kernel it boots.

        Raises:
            ImageError: the image cannot be read, or has changed since.
        """
        disk = self.image.digest if self.image is not None else ""
        return disk + (self.kernel.digest if self.kernel is not None else "")

    def fixtures(self) -> dict[str, object]:
        """What a snapshot does not hold as an object: the machine itself, its CPUs and RAM, the disk's image."""
        named: dict[str, object] = {
            "machine": self,
            "complex": self._complex,
            "core": self.core,
            "memory": self.memory,
            "access": self.access,
        }
        named |= {f"cpu{cpu.number}": cpu for cpu in self.cpus}
        if self.image is not None:
            named["image"] = self.image.base
        if self.kernel is not None:
            named["kernel"] = self.kernel
        return named

    def device_graph(self) -> dict[str, object]:
        """Devices, busses and the event queue by the names of their places."""
        fixed = {id(part) for part in self.fixtures().values()} | {id(self.cpus), id(self.config)}
        return {name: part for name, part in vars(self).items() if id(part) not in fixed}

    def adopt(self, graph: dict[str, object]) -> None:
        """Put another graph of that shape in its place."""
        vars(self).update(graph)

    # --- time --------------------------------------------------------------------------------------------------------

    @property
    def ticks(self) -> int:
        """Ticks of the time stamp counter since power-on."""
        return self._complex.ticks

    @property
    def tsc_hz(self) -> int:
        """Ticks in a guest second."""
        return self.config.tsc_hz

    @property
    def seconds(self) -> float:
        """Guest seconds since power-on."""
        return self._complex.ticks / self.config.tsc_hz

    def counters(self) -> Counters:
        """What the CPUs have done since power-on."""
        return self._complex.counters()

    def run(self, until: int) -> None:
        """Run the guest until a tick (it may end up to one block later), or until an awaited event has happened.

        Raises:
            MachineStoppedError: the CPU emulator cannot execute the guest any further.
            Exception: whatever a device raised; the guest is at the block after the access.
        """
        while self.ticks < until and not self.core.has_happened():
            stop = self._complex.run(until)
            if self._off_wanted:
                self._switch_off()
            elif stop == Stop.SHUTDOWN:
                self.triple_faults.add(self._complex.current)
                self._reboot()
            elif self._reset_wanted:
                self._reboot()
            elif stop == Stop.DEADLINE:
                self.clock.run_due()
            elif stop == Stop.STOPPED:
                return

    def run_seconds(self, seconds: float) -> None:
        """Run for a span of guest time."""
        self.run(self.ticks + round(seconds * self.config.tsc_hz))

    def stop(self) -> None:
        """End `run` before the next block; from a device."""
        self._complex.stop()

    # --- reset -------------------------------------------------------------------------------------------------------

    def press_reset(self) -> None:
        """The reset line: the machine reboots before the next block, or when it runs next."""
        self._reset_wanted = True
        self._complex.stop()

    def reset(self) -> None:
        """Reboot now; the machine must stand still."""
        self._reboot()

    def power_off(self) -> None:
        """The power supply's line: the machine is off before the next block."""
        self._off_wanted = True
        self._complex.stop()

    def press_power(self) -> None:
        """The power button: asks the guest to shut down, or switches the machine on."""
        if self.powered_off:
            self._reboot()
        else:
            self.motherboard.power.press_button()

    def _switch_off(self) -> None:
        self._off_wanted = self._reset_wanted = False
        self.powered_off = True
        self.motherboard.reset()
        self._complex.switch_off()

    def _reboot(self) -> None:
        self._reset_wanted = False
        self.reboots += 1
        self._complex.pass_time(self.config.tsc_hz * SELF_TEST_MS // 1000)
        self._boot()

    def _boot(self) -> None:
        """Reset everything and do what firmware does up to the boot sector."""
        self.powered_off = False
        self._complex.reset()
        self.motherboard.reset()
        firmware.prepare(
            self.memory,
            self.ports,
            self.windows,
            self.motherboard.apics[BOOTSTRAP],
            self.motherboard.rtc,
            self.motherboard.pci,
            self.image,
            self.cpus,
        )
        self._complex.smram()[smi_handler.ENTRY :][: len(smi_handler.HANDLER)] = smi_handler.HANDLER
        cpu = self.cpus[BOOTSTRAP]
        if self.kernel is not None:
            self.kernel.start(self.memory, cpu)
        else:
            cpu.enter_real_mode(0, firmware.BOOT, stack=firmware.BOOT)
            cpu[Register.RDX] = firmware.boot_drive(self.image)

    # --- probe points of devices ----------------------------------------------------------------------------------

    def fire(self, point: Point, args: Sequence[int]) -> None:
        """A device's probe point: fire what is armed there, on the VCPU whose access it serves.

        A device that acts by itself, as a disk that has finished, fires on the bootstrap processor.
        """
        cpu = self.access.cpu
        self.core.fire_point(point, BOOTSTRAP if cpu is None else cpu, args)

    def fire_outside(self, point: Point, args: Sequence[int]) -> None:
        """A probe point of a thread that serves no VCPU (manual, p. 28: "non-vcpu vmx threads")."""
        self.core.fire_point(point, VMX_CONTEXT, args)

    # --- what people see and do --------------------------------------------------------------------------------------

    @property
    def ncpus(self) -> int:
        """How many VCPUs there are."""
        return len(self.cpus)

    def halted(self, cpu: int) -> bool:
        """Whether a VCPU waits in HLT."""
        return self.cpus[cpu].halted

    def device_counts(self) -> dict[str, dict[str, int]]:
        """What each device has done since power-on, and last why the CPUs left the guest for the monitor."""
        counts = {device.name: dict(device.counts) for device in self.motherboard.devices if device.counts}
        return counts | {"exits": exit_counts(self.counters().exits)}

    @property
    def exit_value(self) -> int | None:
        """What the guest wrote to the exit port of suites; None: nothing, or there is no such port."""
        return None if self.motherboard.suite is None else self.motherboard.suite.exit.value

    def screen(self) -> tuple[str, ...]:
        """The lines of the text screen; empty while the guest shows nothing there."""
        lines = self.motherboard.vga.lines()
        return lines if any(lines) and not self.powered_off else ()

    def take_console(self) -> bytes:
        """What the guest wrote to its consoles since this was asked last."""
        return self.motherboard.consoles.take_output()

    def type(self, data: bytes) -> None:
        """Type at its console."""
        self.motherboard.consoles.type(data)

    def type_keyboard(self, text: str) -> None:
        """Press keys of the keyboard, written as engine.machine.keystrokes describes.

        Raises:
            KeysError: there is no such key.
        """
        self.motherboard.keyboard.press(scan_codes(strokes(text)))
