# SPDX-License-Identifier: GPL-2.0-or-later
"""A virtual machine in this process: for notebooks, tests, `vptop run`, and inside the VM process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from engine.guest.guest import Guest
from engine.machine import snapshot
from engine.machine.choices import DiskBus, Latency, NetworkCard
from engine.machine.devices.i8042 import has_keys
from engine.machine.inputs import Outside
from engine.machine.machine import Machine
from engine.probes.frame import AggregateData, Frame
from engine.probes.frame_maker import FrameMaker
from engine.probes.script_host import LoadedScript, ScriptHost, ScriptRefused
from engine.vm import recording
from engine.vm.boot_media import boot_media, prelude_of
from engine.vm.boot_snapshot import BootWatch
from engine.vm.configuration import read_vmx
from engine.vm.happenings import Happenings
from engine.vm.options import LINUX_MEMORY_MIB, PowerOn, RecordingError
from engine.vm.powering import machine_of
from engine.vm.recording import Recorder
from engine.vp import Diagnostic

__all__ = ["Script", "ScriptRefused", "VirtualMachine"]

Output = Callable[[bytes], object]
SLICES = 20
"""Times per guest second that Python checks for an interrupt such as Ctrl-C."""


class Script:
    """A script loaded into a virtual machine."""

    def __init__(self, vm: VirtualMachine, loaded: LoadedScript) -> None:
        self._vm = vm
        self._loaded = loaded

    @property
    def name(self) -> str:
        """The name it was loaded under."""
        return self._loaded.name

    @property
    def generation(self) -> int:
        """1, and one more each time it was replaced in place."""
        return self._loaded.generation

    @property
    def message(self) -> str:
        """What loading it did, in words."""
        return self._loaded.message

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What the compiler warned about."""
        return self._loaded.warnings

    @property
    def aggregates(self) -> Mapping[str, AggregateData]:
        """The script's aggregates by name, as of the latest guest second; iterate one to get its rows."""
        latest = self._vm.latest.aggregates
        return MappingProxyType({name: data for (script, name), data in latest.items() if script == self.name})

    def unload(self) -> None:
        """Remove the script's probes from the guest.

        Raises:
            NotLoadedError: it was unloaded before.
        """
        self._vm.unload(self)


class VirtualMachine:
    """The virtual PC with its scripts. A context manager: leaving it powers the machine off.

    The guest runs only in `run`, `frames` and `advance`, as fast as the host can; between them it is stopped.
    """

    def __init__(
        self,
        machine: Machine,
        host: ScriptHost,
        guest: Guest,
        output: Output | None,
        outside: Outside,
        recorder: Recorder | None = None,
        watch: BootWatch | None = None,
    ) -> None:
        self._watch = watch
        self._happenings = Happenings(machine)
        self._notices: list[str] = []
        self._machine = machine
        self._outside = outside
        self._recorder = recorder
        self._host = host
        self._frames = FrameMaker(machine, host)
        self._output = output
        self.guest = guest
        """What runs in it, and what is known of it."""
        self.refusal = ""
        """Why no script may be loaded; empty when scripts may."""
        self.guest_version = 0
        """Changes whenever more of the guest becomes known."""
        self._update_guest()
        self.latest = self.frame()
        """The Frame of the latest whole guest second, or later."""

    @classmethod
    def bundled(cls, disk: Latency = "hdd", seed: int = 0, output: Output | None = None) -> VirtualMachine:
        """Power on the bundled guest.

        Args:
            disk: latency model of the disk, `hdd`, `ssd` or `nvme`.
            seed: of everything random in the devices; the same seed and scripts give the same run, byte for byte.
            output: gets what scripts print, as it is printed.
        """
        return cls.power_on(PowerOn(disk_model=disk, seed=seed), output)

    @classmethod
    def linux(
        cls,
        kernel: str | Path,
        initrd: str | Path = "",
        *,
        append: str = "",
        disk: str | Path = "",
        disk_bus: DiskBus | None = None,
        net: NetworkCard | None = None,
        busybox: str | Path = "",
        memory_mib: int = LINUX_MEMORY_MIB,
        kaslr: bool = False,
        seed: int = 0,
        output: Output | None = None,
    ) -> VirtualMachine:
        """Power on a machine that boots a Linux kernel.

        Args:
            kernel: a bzImage or vmlinux.
            initrd: its initial RAM disk; by default the demonstration, unless `append` names a root file system.
            append: its command line, to which a serial console is added.
            disk: an image for the machine's disk.
            disk_bus: what the disk is attached to, by default NVMe.
            net: the network card, by default virtio.
            busybox: the static busybox of the demonstration; by default one that is installed.
            memory_mib: size of RAM.
            kaslr: let the kernel run at a virtual address that the seed chooses.
            seed: of everything random in the devices.
            output: gets what scripts print, as it is printed.

        Raises:
            BootError: a file cannot be read, or is not what it should be.
        """
        power = PowerOn(
            kernel=str(kernel), initrd=str(initrd), words=append, disk=str(disk), disk_bus=disk_bus, net=net,
            busybox=str(busybox), memory_mib=memory_mib, kaslr=kaslr, seed=seed,
        )  # fmt: skip
        return cls.power_on(power, output)

    @classmethod
    def power_on(cls, power: PowerOn, output: Output | None = None) -> VirtualMachine:
        """Power on a machine as a configuration says.

        Raises:
            BootError: what is to be booted is not there, or nothing can boot from it.
            RecordingError: a recording cannot be read or written, or is none of this version and machine.
        """
        header, inputs = recording.read(Path(power.replay)) if power.replay else (None, None)
        if header is not None:
            power = recording.repeated(power, header)
        media = boot_media(power)
        machine, watch = machine_of(power, media)
        if header is not None and header.media != machine.media_digest:
            machine.close()
            raise RecordingError(f"{power.replay}: what was booted has changed since it was recorded")
        machine.core.set_bag_limit(power.bag_bytes)
        recorder = Recorder(Path(power.record), power, machine.media_digest, machine.ticks) if power.record else None
        host = ScriptHost(machine.core, machine.ncpus, prelude_of(media.guest), power.limits)
        outside = Outside(machine, recorder, inputs)
        vm = cls(machine, host, media.guest, output, outside, recorder, watch)
        vm.refusal = power.refusal
        return vm

    @classmethod
    def from_vmx(cls, path: str | Path, output: Output | None = None) -> VirtualMachine:
        """Power on the machine that a .vmx file describes, in this process.

        Raises:
            ConfigurationError: there is no such file, or a setting in it is wrong.
            BootError: what is to be booted is not there, or nothing can boot from it.
        """
        configuration = read_vmx(Path(path))
        return cls.power_on(msgspec.structs.replace(configuration.power, refusal=configuration.refusal), output)

    def __enter__(self) -> VirtualMachine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Power off: unload every script and give the memory back."""
        self._host.reset()
        self._drain()
        self._machine.close()
        if self._recorder is not None:
            self._recorder.close()

    # --- guest time ---

    @property
    def seconds(self) -> float:
        """Guest seconds since power-on."""
        return self._machine.ticks / self._machine.tsc_hz

    @property
    def tsc_hz(self) -> int:
        """Ticks of the time stamp counter in a guest second."""
        return self._machine.tsc_hz

    @property
    def vcpus(self) -> int:
        """How many VCPUs there are."""
        return self._machine.ncpus

    @property
    def ram_bytes(self) -> int:
        """Size of the guest's memory."""
        return len(self._machine.memory)

    def run(self, seconds: float) -> None:
        """Let the guest run for some guest seconds.

        Raises:
            MachineStoppedError: the CPU emulator gave up, or a replay diverged.
        """
        for _ in self.frames(seconds):
            pass

    def frames(self, seconds: float) -> Iterator[Frame]:
        """Let the guest run for some guest seconds, and get a Frame at each whole one and at the end."""
        end = self._machine.ticks + round(seconds * self._machine.tsc_hz)
        while self._machine.ticks < end:
            frame = self._advance_to(min(end, self._machine.ticks + self._machine.tsc_hz // SLICES))
            if frame is not None:
                yield frame
        if self.latest.tsc != self._machine.ticks:
            yield self.frame()

    def advance(self, seconds: float) -> Frame | None:
        """Let the guest run for a moment, up to the next whole second at most; returns a Frame when it got there."""
        return self._advance_to(self._machine.ticks + max(1, round(seconds * self._machine.tsc_hz)))

    def _advance_to(self, tick: int) -> Frame | None:
        whole = (self._machine.ticks // self.tsc_hz + 1) * self.tsc_hz
        try:
            self._outside.run(min(tick, whole))
        finally:
            self._drain()
        if self._machine.ticks < whole:
            return None
        self._update_guest()
        if self._watch is not None:
            done = self._watch.look(self._machine)
            self._watch = self._watch if done is None else None
            self._notices += [done] if done else []
        frame = self.frame()
        self._notices += self._happenings.look(frame.console)
        return frame

    def take_notices(self) -> list[str]:
        """What happened to the machine that people should be told, once; mostly nothing."""
        fault = self._machine.triple_faults.take_notice()
        notices, self._notices = [*self._notices, *([fault] if fault else [])], []
        return notices

    def _update_guest(self) -> None:
        """Let the guest learn from memory; scripts that use its prelude are recompiled when that has changed."""
        if self.guest.update(self._machine.core):
            self.guest_version += 1
            self._host.set_prelude(prelude_of(self.guest))

    def frame(self) -> Frame:
        """A Frame of this moment."""
        self._drain()
        self.latest = self._frames.make()
        return self.latest

    def _drain(self) -> None:
        """Take what scripts have printed."""
        printed = self._machine.core.take_log()
        if printed:
            self._frames.printed(printed)
            if self._output is not None:
                self._output(printed)

    # --- scripts ---

    @property
    def scripts(self) -> tuple[LoadedScript, ...]:
        """The loaded scripts, in order of loading."""
        return tuple(self._host.scripts)

    def load(self, source: str, name: str = "script.vp", replace: str = "") -> Script:
        """Load a script; with `replace`, in the place of the loaded script of that name, keeping what fits.

        Raises:
            ScriptRefused: with diagnostics, or because scripts are not enabled; nothing that runs has changed.
        """
        if self.refusal:
            raise ScriptRefused(self.refusal)
        loaded = self._host.load(name, source, replace)
        self._drain()
        return Script(self, loaded)

    def unload(self, script: str | Script) -> None:
        """Unload a script, given by its name or as `load` returned it.

        Raises:
            NotLoadedError: no script of that name is loaded.
        """
        self._host.unload(script if isinstance(script, str) else script.name)
        self._drain()

    def reset(self) -> int:
        """Unload every script; returns how many there were."""
        count = self._host.reset()
        self._drain()
        return count

    def clear_aggregates(self) -> None:
        """Delete the rows of every aggregate of every script."""
        self._host.clear_aggregates()

    # --- the machine's outside ---

    @property
    def powered_off(self) -> bool:
        """The guest has switched the machine off."""
        return self._machine.powered_off

    def save(self, path: Path) -> None:
        """Write a snapshot of the machine, without its scripts; a file of that name is replaced whole.

        Raises:
            OSError: the file cannot be written.
        """
        snapshot.save(self._machine, path)

    def log_console(self, output: Output) -> None:
        """Pass on what the guest writes to its consoles, at each whole guest second."""
        self._frames.console_output = output

    @property
    def handles_power_button(self) -> bool:
        """Whether pressing the power button has an effect: the guest has enabled its event, or the machine is off."""
        return self._machine.powered_off or self._machine.power.button_is_enabled

    def press_power(self) -> None:
        """Press the power button: asks the guest to shut down, or switches the machine on."""
        self._outside.do("power")

    def reboot(self) -> None:
        """Press the reset button; scripts stay loaded."""
        self._outside.do("reset")

    def type(self, text: str) -> None:
        """Type where the guest listens: at its serial console when a program has it open, else at its keyboard.

        What has no key there goes to the serial console.
        """
        at_console = self._machine.consoles.is_open or not has_keys(text)
        self._outside.do("serial" if at_console else "keyboard", text)
