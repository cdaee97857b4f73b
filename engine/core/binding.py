# SPDX-License-Identifier: GPL-2.0-or-later
"""The core as Python sees it: `Core` is one machine's, `CoreProgram` one loaded script's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from engine.core.columns import LIKE, Columns, Stored, constant, join
from engine.core.image import Body, PackedRows, PrintedPart, ProbeStats, ProgramImage, RuntimeErrorCount, UnwindTable
from engine.core.library import CoreError, Failure, Handle, constants, ffi, lib

__all__ = ["VMX_CONTEXT", "Core", "CoreError", "CoreProgram", "Failure", "ffi", "keep_memory", "lib"]

VMX_CONTEXT = -1
"""In place of a CPU number: the firing has no VCPU."""
_ENVIRONMENT_BYTES = constants("guest/unicorn_layout.h")["ENV_BYTES"]
_LOG_BYTES = 1 << 20
MAPPING_NAME_BYTES = constants("guest/mappings.h")["VPC_PLACE_NAME"]
_MAPPED_FILES = constants("guest/state.h")["VPC_MAPPED_FILES"]
"""Of the name of a mapping, with the NUL behind it."""
Event = Literal["block", "interrupt", "firing"]
"""What a run may end at: the next block, interrupt, or firing of any probe."""
_EVENTS: Mapping[Event, int] = {
    "block": lib.VPC_EVENT_BLOCK,
    "interrupt": lib.VPC_EVENT_INTERRUPT,
    "firing": lib.VPC_EVENT_FIRING,
}


def keep_memory() -> None:
    """Let this process keep large blocks it frees, so that reading many rows out each second needs no fresh pages."""
    lib.vpc_keep_memory()


class CoreProgram:
    """A program in the core. Free it before its machine."""

    def __init__(self, core: Core, image: ProgramImage) -> None:
        """Copy an image into the core.

        Raises:
            CoreError: its tables or its bytecode break their bounds.
        """
        self.image = image
        keep, description = _describe(image)
        failure = Failure()
        self.handle: Any = failure.check(lib.vpc_program_new(core.handle, description, failure.pointer))
        self.serial = int(lib.vpc_program_serial(self.handle))
        """no other program of the machine has had this number"""
        del keep

    def free(self) -> None:
        """Free the memory; no probe of the program may be attached."""
        if self.handle != ffi.NULL:
            lib.vpc_program_free(self.handle)
            self.handle = ffi.NULL

    def trace(self, told: Callable[[int, int, int], None] | None) -> None:
        """Call a function before each operation: with the probe that fires, the code offset and the top of the stack.

        None ends that. Firings are many times slower while it lasts.
        """
        function = ffi.NULL
        if told is not None:
            function = ffi.callback("vpc_trace", lambda _, probe, pc, top: told(probe, pc, top))
        lib.vpc_program_trace(self.handle, function, ffi.NULL)
        self._trace = function  # the core calls it as long as the program is there

    def probe_stats(self, probe: int) -> ProbeStats:
        """The firings of one probe since it was loaded."""
        out = ffi.new("vpc_probe_stats *")
        lib.vpc_program_probe_stats(self.handle, probe, out)
        return ProbeStats(out.hits, out.errors, out.timed_hits, out.ns_per_hit)

    def errors(self) -> list[RuntimeErrorCount]:
        """Run-time errors by place, in order of first occurrence."""
        out = ffi.new("vpc_runtime_error[]", lib.VPC_ERROR_PLACES)
        count = lib.vpc_program_errors(self.handle, out, lib.VPC_ERROR_PLACES)
        return [RuntimeErrorCount(e.probe, e.pc, e.kind, e.detail, e.count) for e in out[0:count]]

    def errors_lost(self) -> int:
        """Run-time errors at further places, which are only counted."""
        return int(lib.vpc_program_errors_lost(self.handle))

    def rows(self, aggregate: int) -> PackedRows:
        """The rows of an aggregate as they are."""
        rows = self._rows(aggregate, logged=0)
        assert rows is not None  # noqa: S101 - rows as they are are always there
        return rows

    def logged_rows(self, aggregate: int) -> PackedRows | None:
        """The rows as the latest logaggr since forget_logged saw them; None when there was none."""
        return self._rows(aggregate, logged=1)

    def _rows(self, aggregate: int, *, logged: int) -> PackedRows | None:
        out = ffi.new("vpc_rows *")
        if not lib.vpc_program_rows(self.handle, aggregate, logged, out):
            return None
        return PackedRows(
            out.nint, out.nstr, _columns(out), _bytes(out.arena, out.arena_bytes), out.dropped, out.since, out.logged_at
        )

    def forget_logged(self) -> None:
        """Forget the rows kept by logaggr: a new Frame begins."""
        lib.vpc_program_forget_logged(self.handle)

    def clear_aggregate(self, aggregate: int) -> None:
        """Delete all rows."""
        lib.vpc_program_clear_aggregate(self.handle, aggregate)

    def integer(self, thread: int, index: int) -> int:
        """An integer variable of a VCPU's thread, or of the VMX thread (number of VCPUs)."""
        return int(lib.vpc_program_integer(self.handle, thread, index))

    def string(self, thread: int, index: int) -> bytes:
        """A string variable of a thread."""
        return bytes(ffi.string(lib.vpc_program_string(self.handle, thread, index)))

    def move_aggregate(self, index: int, source: CoreProgram, source_index: int) -> None:
        """Take the rows of another program's aggregate of the same shape."""
        lib.vpc_program_move_aggregate(self.handle, index, source.handle, source_index)

    def copy_integer(self, index: int, source: CoreProgram, source_index: int) -> None:
        """Take the values another program's integer variable has in each thread."""
        lib.vpc_program_copy_integer(self.handle, index, source.handle, source_index)

    def copy_string(self, index: int, source: CoreProgram, source_index: int) -> None:
        """Take the values another program's string variable has in each thread."""
        lib.vpc_program_copy_string(self.handle, index, source.handle, source_index)

    def copy_bag(self, index: int, source: CoreProgram, source_index: int) -> None:
        """Take the pairs of another program's bag, as far as they fit."""
        lib.vpc_program_copy_bag(self.handle, index, source.handle, source_index)

    def copy_counters(self, source: CoreProgram) -> None:
        """Let the probes' counts go on from those of another program of the same script."""
        lib.vpc_program_copy_counters(self.handle, source.handle)


class Core:
    """The C side of one machine."""

    def __init__(self, handle: Handle) -> None:
        """Wrap a `vpc *` and own it; engine.machine makes whole ones, `Core.detached` one without a CPU."""
        self.handle: Any = handle
        self.ram = memoryview(ffi.buffer(lib.vpc_ram(handle), lib.vpc_ram_bytes(handle)))

    @classmethod
    def detached(cls, ram_bytes: int = 1 << 20, cpus: int = 1) -> Core:
        """RAM and zeroed register files without a CPU that runs: for tests of the VP side."""
        failure = Failure()
        return cls(failure.check(lib.vpc_new_detached(ram_bytes, cpus, failure.pointer)))

    def close(self) -> None:
        """Free the machine; programs must be freed before."""
        if self.handle != ffi.NULL:
            self.ram.release()
            lib.vpc_free(self.handle)
            self.handle = ffi.NULL

    def program(self, image: ProgramImage) -> CoreProgram:
        """Copy a program in; none of its probes is attached yet.

        Raises:
            CoreError: its tables or its bytecode break their bounds.
        """
        return CoreProgram(self, image)

    def attach(self, program: CoreProgram, probe: int, point: int, where: int = 0, extra: int = 0) -> None:
        """Let a probe fire at a point (engine.core.points). The machine must be stopped.

        Raises:
            CoreError: there is no such point in this machine, or no room for another probe.
        """
        failure = Failure()
        failure.check(lib.vpc_attach(self.handle, program.handle, probe, point, where, extra, failure.pointer))

    def detach(self, program: CoreProgram, probe: int | None = None) -> None:
        """Take one probe of a program out of the machine; None: every one."""
        if probe is None:
            lib.vpc_detach(self.handle, program.handle)
        else:
            lib.vpc_detach_probe(self.handle, program.handle, probe)

    def fire(self, program: CoreProgram, probe: int, cpu: int = 0, args: Sequence[int] = ()) -> int:
        """Fire one probe by hand; returns the VPC_RUNTIME_* of the firing (0: fine)."""
        return int(lib.vpc_fire_probe(self.handle, program.handle, probe, cpu, list(args), len(args)))

    def fire_repeat(self, program: CoreProgram, probe: int, times: int, cpu: int = 0, args: Sequence[int] = ()) -> int:
        """Fire one probe many times; returns host nanoseconds."""
        return int(lib.vpc_fire_repeat(self.handle, program.handle, probe, cpu, list(args), len(args), times))

    def fire_point(self, point: int, cpu: int = 0, args: Sequence[int] = ()) -> None:
        """Fire every probe that is attached to a point."""
        lib.vpc_fire_point(self.handle, point, cpu, list(args), len(args))

    def attached(self, point: int) -> int:
        """The number of probes that are attached to a point."""
        return int(lib.vpc_point_attached(self.handle, point))

    def variable(self, number: int, cpu: int = 0) -> int:
        """A built-in integer variable (engine.core.variables), as a script would read it."""
        out = ffi.new("uint64_t *")
        if lib.vpc_read_variable(self.handle, cpu, number, out):
            raise CoreError(f"variable {number} is VCPU state and CPU {cpu} is not there")
        return int(out[0])

    def read_linear(self, address: int, size: int, cpu: int = 0) -> bytes:
        """Guest memory by linear address, up to the first unmapped byte; without any effect on the guest."""
        out = ffi.new("uint8_t[]", max(size, 1))
        return bytes(ffi.buffer(out, lib.vpc_read_linear(self.handle, cpu, address, out, size)))

    def translate(self, address: int, cpu: int = 0) -> int | None:
        """The physical address of a linear one; None when it is not mapped."""
        physical = int(lib.vpc_translate(self.handle, cpu, address))
        return None if physical == (1 << 64) - 1 else physical

    def set_kernel_tables(self, physical: int) -> None:
        """Page tables through which addresses of the upper half are read that the CPU's own do not map; 0: none.

        A process under Linux's page-table isolation runs on tables without the kernel.
        """
        lib.vpc_set_kernel_tables(self.handle, physical)

    def set_unwind_tables(self, tables: Iterable[UnwindTable]) -> None:
        """Unwind stacks by these ORC tables of a Linux kernel and its modules; without any, by frame pointers.

        Raises:
            CoreError: there is not enough memory to copy them.
        """
        lib.vpc_orc_clear(self.handle)
        failure = Failure()
        for table in tables:
            words, count = ffi.from_buffer("int32_t[]", table.words), len(table.words) // 4
            entries = ffi.from_buffer("uint8_t[]", table.entries)
            failure.check(
                lib.vpc_orc_add(self.handle, table.address, words, entries, count, table.form, failure.pointer)
            )

    def set_mappings(self, offsets: Mapping[str, Any] | None) -> None:
        """Name user-space addresses by what the running process has mapped there.

        Args:
            offsets: the members of a vpc_mappings (vpcore.h); None forgets them.
        """
        lib.vpc_set_mappings(self.handle, ffi.new("vpc_mappings *", {**offsets, "known": 1} if offsets else {}))

    def place(self, address: int, cpu: int = 0) -> str:
        """The mapping at an address and the offset in it, as `busybox+0x1a2b`; the address where none is known."""
        out = ffi.new("char[]", 128)
        lib.vpc_describe_place(self.handle, cpu, address, out)
        return bytes(ffi.string(out)).decode("utf-8", "backslashreplace")

    def take_mapped_files(self) -> list[tuple[int, str]]:
        """Files by whose names addresses were described since the previous call.

        For each the address of its contents (struct address_space) and its name, as in places.
        """
        out = ffi.new("vpc_mapped_file[]", _MAPPED_FILES)
        files = out[0 : lib.vpc_take_mapped_files(self.handle, out, _MAPPED_FILES)]
        return [(file.contents, bytes(ffi.string(file.name)).decode("utf-8", "backslashreplace")) for file in files]

    def stack(self, cpu: int = 0, frames: int = 64) -> list[int]:
        """The stack of a CPU now, as gueststack sees it: RIP and return addresses, the innermost first."""
        out = ffi.new("uint64_t[]", frames)
        return list(out[0 : lib.vpc_read_stack(self.handle, cpu, out, frames)])

    def set_clock(self, ticks: int, tsc_hz: int, epoch_us: int = 0) -> None:
        """What TSC, TSC_HZ and getsystemtime read: for machines without a CPU, whose clock stands still."""
        lib.vpc_set_clock(self.handle, ticks, tsc_hz, epoch_us)

    def take_log(self) -> bytes:
        """Everything scripts printed since the last call."""
        parts = []
        while size := min(lib.vpc_log_bytes(self.handle), _LOG_BYTES):
            out = ffi.new("char[]", size)
            parts.append(bytes(ffi.buffer(out, lib.vpc_log_take(self.handle, out, size))))
        return b"".join(parts)

    def take_printed(self) -> tuple[bytes, list[PrintedPart]]:
        """Everything scripts printed since the last call, and whose its parts are."""
        count = lib.vpc_log_parts(self.handle, ffi.NULL, 0)
        out = ffi.new("vpc_log_part[]", count)
        lib.vpc_log_parts(self.handle, out, count)
        parts = [
            PrintedPart(part.bytes, part.ticks, part.program, part.probe, part.cpu, bool(part.is_aggregate))
            for part in out
        ]
        return self.take_log(), parts

    def await_event(self, event: Event | None) -> None:
        """End runs at the end of the block in which the next such event happens; None: at no event."""
        lib.vpc_await(self.handle, _EVENTS[event] if event else lib.VPC_EVENT_NONE)

    def has_happened(self) -> bool:
        """Whether the event that is awaited has happened."""
        return bool(lib.vpc_has_happened(self.handle))

    def log_dropped(self) -> int:
        """Bytes of output lost to the limit because they were not taken in time."""
        return int(lib.vpc_log_dropped(self.handle))

    def set_log_limit(self, size: int) -> None:
        """Most bytes of output kept until they are taken."""
        lib.vpc_log_limit(self.handle, size)

    def set_bag_limit(self, size: int) -> None:
        """Bytes all bags of the machine may take together (vprobe.bagBytes)."""
        lib.vpc_bag_limit(self.handle, size)

    def environment(self, cpu: int = 0) -> memoryview:
        """The raw CPUX86State of a CPU (src/guest/unicorn_layout.h); tests set registers through it."""
        return memoryview(ffi.buffer(lib.vpc_cpu_env(self.handle, cpu), _ENVIRONMENT_BYTES))


def _bytes(pointer: Handle, size: int) -> bytes:
    return bytes(ffi.buffer(pointer, size)) if size else b""


def _columns(rows: Handle) -> Columns:
    count = rows.nint + rows.nstr + lib.VPC_VALUES
    found = ffi.new("vpc_column[]", count)
    if lib.vpc_rows_columns(rows, found):
        raise MemoryError
    try:
        return join(rows.nrows, [_column(column, at) for at, column in enumerate(found)])
    finally:
        lib.vpc_columns_free(found, count)


def _column(column: Handle, at: int) -> Stored:
    if column.like != at:
        return LIKE + column.like, b""
    return column.width, ffi.buffer(column.numbers, column.bytes) if column.width else constant(column.number)


def _describe(image: ProgramImage) -> tuple[list[Any], Any]:
    """A vpc_program_desc, and what must stay alive while the core reads it."""
    keep: list[Any] = []

    def array(kind: str, values: Sequence[int]) -> Handle:
        keep.append(ffi.new(f"{kind}[]", list(values) or 1))
        return keep[-1]

    def bodies(prefix: str, items: tuple[Body, ...]) -> dict[str, Any]:
        return {
            f"{prefix}_entry": array("uint32_t", [b.entry for b in items]),
            f"{prefix}_slots": array("uint16_t", [b.slots for b in items]),
            f"{prefix}_locals": array("uint16_t", [b.locals for b in items]),
            f"n{prefix}s": len(items),
        }

    offsets, text = [], bytearray()
    for literal in image.literals:
        offsets.append(len(text))
        text += literal + b"\0"
    keep += [ffi.new("uint8_t[]", image.code or b"\0"), ffi.new("char[]", bytes(text) or b"\0")]
    fields = {
        "code": keep[0],
        "code_bytes": len(image.code),
        "literals": keep[1],
        "literal_bytes": len(text),
        "literal_offset": array("uint32_t", offsets),
        "nliterals": len(offsets),
        "integer_init": array("uint64_t", [value & (1 << 64) - 1 for value in image.integers]),
        "nintegers": len(image.integers),
        "string_init": array("uint32_t", image.strings),
        "nstrings": len(image.strings),
        "function_params": array("uint8_t", [b.parameters for b in image.functions]),
        "probe_name": array("uint32_t", [b.name for b in image.probes]),
        "aggregate_integer_keys": array("uint8_t", [a.integer_keys for a in image.aggregates]),
        "aggregate_string_keys": array("uint8_t", [a.string_keys for a in image.aggregates]),
        "aggregate_name": array("uint32_t", [a.name for a in image.aggregates]),
        "naggregates": len(image.aggregates),
        "bag_capacity": array("uint32_t", image.bags),
        "nbags": len(image.bags),
        "aggregate_bytes": image.aggregate_bytes,
    }
    fields |= bodies("function", image.functions) | bodies("probe", image.probes)
    description = ffi.new("vpc_program_desc *", fields)
    keep.append(description)
    return keep, description
