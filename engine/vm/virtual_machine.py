# SPDX-License-Identifier: GPL-2.0-or-later
"""A virtual machine in this process: for notebooks, tests, `vptop run`, and inside the VM process."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from math import inf
from pathlib import Path

import msgspec

from engine.machine import snapshot
from engine.machine.choices import DiskBus, Latency, NetworkCard, TypingDevice
from engine.machine.inputs import Input, Outside
from engine.machine.keystrokes import literal
from engine.probes.compiled_script import ScriptRefused
from engine.probes.script_host import ScriptHost
from engine.vm import recording, typist
from engine.vm.boot_media import boot_media, prelude_of
from engine.vm.configuration import read_vmx
from engine.vm.options import DEFAULT_CPU, LINUX_MEMORY_MIB, PowerOn, RecordingError
from engine.vm.past import replica
from engine.vm.past.keeper import Keeper, PastError, PastSettings
from engine.vm.past.messages import Moments
from engine.vm.past.past import Past
from engine.vm.powering import machine_of
from engine.vm.recording import Recorder
from engine.vm.session import GuestSession, Output, Script

__all__ = ["Script", "ScriptRefused", "VirtualMachine"]


class VirtualMachine(GuestSession):
    """The virtual PC. A context manager: leaving it powers the machine off.

    The guest runs only inside `run`, `frames` and `advance`, as fast as the host can; between them it is stopped.
    """

    past_settings = PastSettings()
    """How much `keep_past` keeps."""
    recorded_until: int | None = None
    """Tick at which the recording ends that is repeated; None where none is, or its end is not known."""
    _keeper: Keeper | None = None

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
        symbols: str | Path = "",
        user_symbols: Iterable[str | Path] = (),
        disk: str | Path = "",
        disk_bus: DiskBus | None = None,
        net: NetworkCard | None = None,
        busybox: str | Path = "",
        memory_mib: int = LINUX_MEMORY_MIB,
        cpus: int = 1,
        kaslr: bool = False,
        cpu: str = DEFAULT_CPU,
        seed: int = 0,
        output: Output | None = None,
    ) -> VirtualMachine:
        """Power on a machine that boots a Linux kernel.

        Args:
            kernel: a bzImage or vmlinux.
            initrd: its initial RAM disk; by default the demonstration, unless `append` names a root file system.
            append: its command line, to which a serial console is added.
            symbols: its symbols, in System.map, /proc/kallsyms or ELF; by default those in the kernel itself.
            user_symbols: programs of the guest, their debug files, or folders of such, as `NAME=FILE` where the guest's
                file has another name: functions that stacks name besides those of the initial RAM disk.
            disk: an image for the machine's disk.
            disk_bus: what the disk is attached to, by default NVMe.
            net: the network card, by default virtio.
            busybox: the static busybox of the demonstration; by default one that is installed.
            memory_mib: size of RAM.
            cpus: number of virtual CPUs.
            kaslr: let the kernel run at a virtual address that the seed chooses.
            cpu: model of the CPU, as `vptop --cpu list` names it.
            seed: of everything random in the devices.
            output: gets what scripts print, as it is printed.

        Raises:
            BootError: a file cannot be read, or is not what it should be.
        """
        power = PowerOn(
            kernel=str(kernel), initrd=str(initrd), words=append, symbols=str(symbols),
            user_symbols=tuple(map(str, user_symbols)), disk=str(disk),
            disk_bus=disk_bus, net=net, busybox=str(busybox), memory_mib=memory_mib, cpus=cpus, kaslr=kaslr, cpu=cpu,
            seed=seed,
        )  # fmt: skip
        return cls.power_on(power, output)

    @classmethod
    def power_on(cls, power: PowerOn, output: Output | None = None) -> VirtualMachine:
        """Power on a machine as a configuration says.

        Raises:
            BootError: what is to be booted is not there, or nothing can boot from it.
            RecordingError: a recording cannot be read or written, or is none of this version and machine.
        """
        recorded = recording.read(Path(power.replay)) if power.replay else None
        if recorded is not None:
            power = recording.repeated(power, recorded.header)
        media = boot_media(power)
        machine, watch, notice = machine_of(power, media)
        if recorded is not None and recorded.header.media != machine.media_digest:
            machine.close()
            raise RecordingError(f"{power.replay}: what was booted has changed since it was recorded")
        machine.core.set_bag_limit(power.bag_bytes)
        recorder = Recorder(Path(power.record), power, machine.media_digest, machine.ticks) if power.record else None
        host = ScriptHost(machine.core, machine.ncpus, prelude_of(media.guest), power.limits)
        inputs, until = (recorded.inputs, recorded.known_until) if recorded is not None else (None, None)
        outside = Outside(machine, recorder, inputs, until)
        vm = cls(machine, host, media.guest, output, outside, recorder, watch)
        vm.happenings.add(notice)
        vm.refusal = power.refusal
        if recorded is not None:
            vm.recorded_until = recorded.end
            vm.happenings.add(recorded.broken_off(machine.tsc_hz))
        vm.past_settings = PastSettings(power.past_every, power.past_seconds, power.past_mib)
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

    @property
    def has_repeated(self) -> bool:
        """The recording that was repeated has ended."""
        return self.recorded_until is not None and self.ticks >= self.recorded_until

    @property
    def left_to_repeat(self) -> float:
        """Guest seconds to the end of the recording that is repeated; inf where it has ended or none is."""
        if self.recorded_until is None or self.has_repeated:
            return inf
        return (self.recorded_until - self.ticks) / self.tsc_hz

    # --- the past ---

    def keep_past(self) -> Keeper:
        """Keep checkpoints from now on, as `past_settings` says, so that questions can be asked about the past.

        Each is a sleeping process, a copy of this one.
        """
        if self._keeper is None:
            self._keeper = Keeper(self.past_settings, self.tsc_hz, partial(replica.serve, self))
            self._outside.listeners.append(self._keeper.log)
            self.at_seconds.append(self._keep)
            self._keep()
        return self._keeper

    def _keep(self) -> None:
        if self._keeper is not None:
            self._keeper.pass_time(self.ticks)

    def run_again(self, inputs: Iterable[Input], output: Output | None = None) -> None:
        """As in GuestSession; the copy keeps no past."""
        self._keeper = None
        super().run_again(inputs, output)

    def close(self) -> None:
        """Power off: unload every script, forget the past, and give the memory back."""
        if self._keeper is not None:
            self._keeper.close()
        super().close()

    def past(self, seconds: float | None = None, until: float | None = None) -> Past:
        """Guest seconds that have passed, to be asked.

        Args:
            seconds: how many; by default all that are kept.
            until: guest seconds since power-on at which they end; by default now.

        Raises:
            PastError: `keep_past` was not called.
        """
        if self._keeper is None:
            raise PastError("no past is kept; call keep_past() first: only seconds after that can be asked about")
        end = self.ticks if until is None else min(self.ticks, round(until * self.tsc_hz))
        begin = 0 if seconds is None else max(0, end - round(seconds * self.tsc_hz))
        return Past(self, self._keeper, begin, end)

    def when(self, condition: str, at: str = "") -> Moments:
        """Search the kept past for the moments at which a VP expression held; arguments as of `Past.when`.

        Raises:
            PastError: no past is kept.
            ScriptRefused: the expression does not compile.
        """
        return self.past().when(condition, at)

    # --- the machine's outside ---

    def save(self, path: Path) -> None:
        """Write a snapshot of the machine, without its scripts; a file of that name is replaced whole.

        Raises:
            OSError: the file cannot be written.
        """
        snapshot.save(self._machine, path)

    def console_written(self) -> bytes:
        """What the guest has written to its consoles since the latest Frame."""
        written = self._machine.take_console()
        self._machine.motherboard.consoles.put_back(written)
        return written

    def log_console(self, output: Output) -> None:
        """Pass on what the guest writes to its consoles, at each whole guest second."""
        self._frames.console_output = output

    @property
    def handles_power_button(self) -> bool:
        """Whether pressing the power button has an effect: the guest has enabled its event, or the machine is off."""
        return self._machine.powered_off or self._machine.motherboard.power.button_is_enabled

    def press_power(self) -> None:
        """Press the power button: asks the guest to shut down, or switches the machine on."""
        self._outside.do("power")

    def reboot(self) -> None:
        """Press the reset button; scripts stay loaded."""
        self._outside.do("reset")

    def peek(self, address: int, size: int, cpu: int = 0) -> bytes:
        """Guest memory by linear address, up to the first unmapped byte; reading has no effect on the guest.

        Args:
            address: linear address of the first byte, as the virtual CPU translates it now.
            size: bytes to read.
            cpu: number of the virtual CPU; one that is not there is 0.
        """
        return self._machine.core.read_linear(address, size, cpu if 0 <= cpu < self._machine.ncpus else 0)

    def type(self, text: str, to: TypingDevice = "auto") -> None:
        """Type characters.

        Args:
            text: the characters; a line feed presses Enter.
            to: the device; by default where the guest listens: its serial console when a program has it open, else its
                keyboard. What has no key there goes to the serial console.

        Raises:
            KeysError: the keyboard has no key for a character; nothing has been typed.
        """
        self._outside.type(literal(text), to)

    def press(self, keys: str, to: TypingDevice = "auto") -> None:
        """As `type`, with keys by name in angle brackets: `<esc>`, `<f2>`, `<c-a-del>` (engine.machine.keystrokes).

        Raises:
            KeysError: a key is unknown, or the keyboard has none for a character; nothing has been typed.
        """
        self._outside.type(keys, to)

    def press_slowly(self, keys: str, to: TypingDevice = "auto") -> None:
        """As `press`, from now on a key every 10 guest milliseconds; `<wait 2.5>` waits so many guest seconds.

        Raises:
            KeysError: as of `press`.
        """
        self._outside.plan(typist.plan(keys, to, self.ticks, self.tsc_hz))
