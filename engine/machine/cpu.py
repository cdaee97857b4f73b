# SPDX-License-Identifier: GPL-2.0-or-later
"""The CPUs of a machine: a typed view of the machine side of the core (engine/core/src/machine.h)."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from engine.core.binding import Core, CoreError, Failure, ffi, lib
from engine.core.registers import Register, Segment
from engine.core.stops import Stop
from engine.core.variables import Variable
from engine.errors import MachineStoppedError
from engine.machine.choices import Vendor
from engine.machine.cpu_models import DEFAULT, CpuModel

_RFLAGS_AT_RESET, _INTERRUPTS_ENABLED = 0x002, 0x202
_FLAT_CODE, _FLAT_DATA = 0x08, 0x10
_VENDORS: Mapping[Vendor, bytes] = {"intel": b"GenuineIntel", "amd": b"AuthenticAMD"}
Pointer: TypeAlias = Any
"""A C pointer: cffi has no types for them."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What the CPUs have done since power-on."""

    ticks: int
    blocks: int
    interrupts: int
    halted_ticks: int
    exceptions: tuple[int, ...]
    syscalls: int
    port_reads: int
    port_writes: int
    exits: tuple[int, ...]
    """exits to the monitor, by basic exit reason (Intel SDM volume 3, table C-1)"""
    smis: int


class Board(Protocol):
    """What the CPUs see of the rest of the machine. `cpu` is the number of the CPU that makes the access."""

    def port_in(self, cpu: int, port: int, size: int) -> int:
        """IN."""
        ...

    def port_out(self, cpu: int, port: int, size: int, value: int) -> None:
        """OUT."""
        ...

    def memory_read(self, cpu: int, address: int, size: int) -> int:
        """A load from device memory."""
        ...

    def memory_write(self, cpu: int, address: int, size: int, value: int) -> None:
        """A store to device memory."""
        ...

    def memory_peek(self, cpu: int | None, address: int) -> int | None:
        """What 8 bytes of device memory hold for a CPU, without any effect on the device; None where that is unknown.

        `cpu` is None for a probe that fires without a VCPU.
        """
        ...

    def msr_read(self, cpu: int, number: int) -> int | None:
        """RDMSR of a register of the local APIC; None where it faults."""
        ...

    def msr_write(self, cpu: int, number: int, value: int) -> bool:
        """WRMSR of such a register; False where it faults."""
        ...

    def time_stamp_written(self, cpu: int) -> None:
        """WRMSR of the time stamp counter has taken effect."""
        ...

    def acknowledge(self, cpu: int) -> int:
        """The interrupt acknowledge cycle of a CPU: the vector."""
        ...

    def task_priority(self, cpu: int, value: int) -> None:
        """A CPU's CR8 is being written."""
        ...


class Cpu:
    """One VCPU."""

    def __init__(self, complex_: CpuComplex, number: int) -> None:
        self._handle = complex_.core.handle
        self._core = complex_.core
        self.number = number

    def __getitem__(self, register: Register) -> int:
        return int(lib.vpc_cpu_register(self._handle, self.number, register))

    def __setitem__(self, register: Register, value: int) -> None:
        lib.vpc_set_register(self._handle, self.number, register, value)

    def variable(self, variable: Variable) -> int:
        """Any register by its VP name, as a script reads it."""
        return self._core.variable(variable, self.number)

    @property
    def halted(self) -> bool:
        """In HLT, or waiting for a start-up message."""
        return bool(lib.vpc_cpu_halted(self._handle, self.number))

    def identity(self, leaf: int, subleaf: int = 0) -> tuple[int, int, int, int]:
        """What CPUID answers: EAX, EBX, ECX, EDX."""
        out = ffi.new("uint32_t[4]")
        lib.vpc_cpu_identity(self._handle, self.number, leaf, subleaf, out)
        return out[0], out[1], out[2], out[3]

    def enter_real_mode(self, segment: int, offset: int, stack: int) -> None:
        """Stand at segment:offset in real mode, data and stack segments 0, interrupt table at 0, interrupts enabled."""
        for number in Segment:
            lib.vpc_set_real_segment(self._handle, self.number, number, segment if number == Segment.CS else 0)
        lib.vpc_set_idt(self._handle, self.number, 0, 0x3FF)
        lib.vpc_set_rflags(self._handle, self.number, _INTERRUPTS_ENABLED)
        self[Register.RSP] = stack
        self[Register.RIP] = offset

    def enter_protected_mode(self, entry: int, registers: Mapping[Register, int]) -> None:
        """Stand at an address in protected mode, flat segments of 32 bits, paging off, interrupts disabled."""
        lib.vpc_set_flat_segments(self._handle, self.number, _FLAT_CODE, _FLAT_DATA)
        lib.vpc_set_rflags(self._handle, self.number, _RFLAGS_AT_RESET)
        for register, value in registers.items():
            self[register] = value
        self[Register.RIP] = entry

    def set_interrupt(self, level: bool) -> None:
        """Drive INTR."""
        lib.vpc_interrupt_line(self._handle, self.number, level)

    def nmi(self) -> None:
        """Pulse NMI."""
        lib.vpc_nmi(self._handle, self.number)

    def set_task_priority(self, value: int) -> None:
        """The local APIC's task priority, 8 bits, has changed; CR8 reads its upper half."""
        lib.vpc_set_task_priority(self._handle, self.number, value)

    @property
    def waiting(self) -> bool:
        """For a start-up message, as after INIT."""
        return bool(lib.vpc_cpu_waiting(self._handle, self.number))

    def init(self) -> None:
        """INIT."""
        lib.vpc_init(self._handle, self.number)

    def start_up(self, vector: int) -> None:
        """A start-up message: begin at the page of this number, if the CPU waits for one."""
        lib.vpc_start_up(self._handle, self.number, vector)

    def set_apic_base(self, value: int) -> None:
        """What IA32_APIC_BASE reads (Intel SDM volume 3, 10.4.4)."""
        lib.vpc_set_apic_base(self._handle, self.number, value)

    def time_stamp(self) -> int:
        """The time stamp counter, as RDTSC reads it."""
        return int(lib.vpc_time_stamp(self._handle, self.number))

    def exception(self, vector: int) -> None:
        """Raise an exception that no instruction causes, such as a machine check."""
        lib.vpc_exception(self._handle, self.number, vector)

    def smi(self) -> None:
        """Pulse SMI#."""
        lib.vpc_smi(self._handle, self.number)


class CpuComplex:
    """All VCPUs with their RAM, in the core."""

    def __init__(
        self,
        board: Board,
        *,
        ram_bytes: int,
        cpus: int,
        tsc_hz: int,
        ticks_per_byte: int,
        epoch_us: int,
        model: CpuModel,
        vendor: Vendor,
    ) -> None:
        """Make the CPUs; `board` answers them.

        Raises:
            CoreError: Unicorn is not there, or is not the version whose insides the core knows.
        """
        self._failure: BaseException | None = None
        self._callbacks = _callbacks(board, self._failed)
        self._description = ffi.new("vpc_machine_desc *")
        path = ffi.new("char[]", str(unicorn_library()).encode())
        self._description.unicorn_path = path
        self._description.ram_bytes = ram_bytes
        self._description.ncpus = cpus
        self._description.tsc_hz = tsc_hz
        self._description.ticks_per_byte = ticks_per_byte
        self._description.epoch_us = epoch_us
        _describe(self._description.model, model, vendor)
        failure = Failure()
        devices = ffi.new("vpc_devices *", self._callbacks)
        self.core = Core(failure.check(lib.vpc_new(self._description, devices, failure.pointer)))
        self._clock = lib.vpc_clock(self.core.handle)  # read in place: a call releases the interpreter lock
        self.cpus = [Cpu(self, number) for number in range(cpus)]

    def close(self) -> None:
        """Free everything; programs must be freed before."""
        self.core.close()

    def _failed(self, error: BaseException) -> None:
        """A device raised: remember it, stop the guest."""
        if self._failure is None:
            self._failure = error
        lib.vpc_stop(self.core.handle)

    def run(self, until: int) -> Stop:
        """Run to a tick, to the next deadline, or until something else ends it.

        Raises:
            MachineStoppedError: Unicorn cannot execute the guest any further.
            BaseException: whatever a device raised.
        """
        stop = Stop(lib.vpc_run(self.core.handle, until))
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        if stop == Stop.ERROR:
            reason = ffi.string(lib.vpc_run_error(self.core.handle)).decode()
            places = ", ".join(f"{cpu[Register.RIP]:#x}" for cpu in self.cpus)
            raise MachineStoppedError(f"Unicorn: {reason} at RIP {places}")
        return stop

    @property
    def current(self) -> Cpu:
        """The CPU whose turn it is."""
        return self.cpus[int(lib.vpc_current_cpu(self.core.handle))]

    def pass_time(self, ticks: int) -> None:
        """Let guest time pass while no CPU executes."""
        lib.vpc_pass_time(self.core.handle, ticks)

    def stop(self) -> None:
        """End the run before the next block."""
        lib.vpc_stop(self.core.handle)

    def set_deadline(self, tick: int) -> None:
        """Come back from `run` at this tick."""
        lib.vpc_deadline(self.core.handle, tick)

    def switch_off(self) -> None:
        """Halt every CPU until the next reset."""
        lib.vpc_switch_off(self.core.handle)

    def reset(self) -> None:
        """Every CPU to its state after reset."""
        lib.vpc_reset(self.core.handle)

    @property
    def ticks(self) -> int:
        """The time stamp counter."""
        return int(self._clock[0])

    def now(self) -> int:
        """The time stamp counter."""
        return self.ticks

    def counters(self) -> Counters:
        """Counts since power-on."""
        out = ffi.new("vpc_counters *")
        lib.vpc_read_counters(self.core.handle, out)
        return Counters(
            out.ticks,
            out.blocks,
            out.interrupts,
            out.halted_ticks,
            tuple(out.exceptions),
            out.syscalls,
            out.port_reads,
            out.port_writes,
            tuple(out.exits),
            out.smis,
        )

    def memory_changed(self, address: int, size: int) -> None:
        """RAM was written behind the CPUs' back."""
        lib.vpc_memory_changed(self.core.handle, address, size)

    def smram(self) -> memoryview:
        """The 64 KiB of system management RAM, which the CPUs see only in that mode."""
        return memoryview(ffi.buffer(lib.vpc_smram(self.core.handle), lib.VPC_SMRAM_BYTES))

    def serve_port(self, port: int, size: int, value: int, hz: int = 0) -> None:
        """Answer reads of a port without asking the board, if there is a place left for it in the core's table.

        The value is constant, or with `hz` the mask of a counter of guest time.
        """
        lib.vpc_serve_port(self.core.handle, port, size, hz, value)

    def release_port(self, port: int) -> None:
        """The board answers at a port again."""
        lib.vpc_release_port(self.core.handle, port)

    def open_window(self, address: int, size: int) -> None:
        """A device answers at these physical addresses above RAM.

        Raises:
            CoreError: there are too many windows.
        """
        failure = Failure()
        failure.check(lib.vpc_device_window(self.core.handle, address, size, failure.pointer))


def _describe(target: Pointer, model: CpuModel, vendor: Vendor) -> None:
    """Fill a vpc_cpu_model."""
    target.vendor = _VENDORS[vendor]
    target.brand = b"vptop virtual CPU" if model.name == DEFAULT else f"vptop virtual CPU {model.name}".encode()
    target.signature = model.signatures[vendor].eax
    target.features = list(model.words(vendor))


def _callbacks(board: Board, failed: Callable[[BaseException], None]) -> dict[str, Pointer]:
    """C function pointers into the board. What a device raises is remembered, and the machine stops."""

    def on_error(kind: type[BaseException], error: BaseException, trace: object) -> None:
        del kind, trace
        failed(error)

    fields = dict(ffi.typeof("vpc_devices").fields)

    def callback(name: str, function: Callable[..., int | None]) -> Pointer:
        kind = fields[name].type
        result = None if kind.result.kind == "void" else 0
        return ffi.callback(kind, function, error=result, onerror=on_error)

    def read_msr(cpu: int, number: int, out: Pointer) -> int:
        value = board.msr_read(cpu, number)
        if value is None:
            return 0
        out[0] = value
        return 1

    def peek(cpu: int, address: int, out: Pointer) -> int:
        value = board.memory_peek(None if cpu < 0 else cpu, address)
        if value is None:
            return 0
        out[0] = value
        return 1

    answers: dict[str, Callable[..., int | None]] = {
        "port_in": board.port_in,
        "port_out": board.port_out,
        "memory_read": board.memory_read,
        "memory_write": board.memory_write,
        "memory_peek": peek,
        "msr_read": read_msr,
        "msr_write": board.msr_write,
        "time_stamp_written": board.time_stamp_written,
        "acknowledge": board.acknowledge,
        "task_priority": board.task_priority,
    }
    return {name: callback(name, function) for name, function in answers.items()}


def unicorn_library() -> Path:
    """The shared library inside the installed unicorn package, without importing the package.

    Raises:
        CoreError: the package or its library is not there.
    """
    found = importlib.util.find_spec("unicorn")
    if found is None or found.origin is None:
        raise CoreError("the unicorn package is not installed")
    name = "libunicorn.2.dylib" if sys.platform == "darwin" else "libunicorn.so.2"
    path = Path(found.origin).parent / "lib" / name
    if not path.exists():
        raise CoreError(f"the unicorn package has no {name}")
    return path
