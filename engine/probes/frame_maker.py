# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds Frames: the visible state of a machine and its scripts at one moment."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from time import monotonic

from engine.core.binding import VMX_CONTEXT
from engine.core.image import PackedRows, PrintedPart
from engine.core.variables import Variable
from engine.machine.machine import Machine
from engine.probes.frame import AggregateData, AggregateId, DeviceCount, Frame, ProbeState, ScriptState, VcpuState
from engine.probes.printed import PARTS, LogPart, add, bounded, covering
from engine.probes.script_host import LoadedScript, ScriptHost, runtime_faults

LOG_CHARACTERS = 4 << 20
"""Text of scripts that one Frame carries; vprobe.out gets all of it."""
NO_CPU = 0xFFFF
"""The number that the core writes in VMX context."""

_REGISTERS = tuple(variable for variable in Variable if variable < Variable.VMCS_EXIT_REASON)


class FrameMaker:
    """Makes the Frames of one machine, one after the other: log, console and busy are since the last one."""

    def __init__(self, machine: Machine, host: ScriptHost) -> None:
        self._machine = machine
        self._host = host
        self._begun = monotonic()
        self._number = 0
        self._ticks = 0
        self._halted = 0
        self.console_output: Callable[[bytes], object] | None = None
        """gets what the guest writes to its consoles, when a Frame is made"""
        self._log: list[str] = []
        self._log_parts: list[LogPart] = []
        self._log_size = 0
        self._log_dropped = 0
        self._decode_log = getincrementaldecoder("utf-8")("backslashreplace").decode
        self._decode_console = getincrementaldecoder("utf-8")("backslashreplace").decode

    def printed(self, data: bytes, parts: Iterable[PrintedPart]) -> None:
        """Text the scripts printed, and whose its parts are, for the next Frame."""
        at = 0
        for part in parts:
            text = self._decode_log(data[at : at + part.bytes])
            at += part.bytes
            room = LOG_CHARACTERS - self._log_size
            if len(text) > room:
                self._log_dropped += len(text) - room
                text = text[:room]
            if text:
                self._log.append(text)
                self._log_size += len(text)
                add(self._log_parts, self._part(part, len(text)))

    def _part(self, part: PrintedPart, size: int) -> LogPart:
        if len(self._log_parts) >= PARTS:
            return LogPart(size, is_aggregate=part.is_aggregate)
        seconds = round(part.ticks / self._machine.tsc_hz, 6)
        vcpu = VMX_CONTEXT if part.cpu == NO_CPU else part.cpu
        printer = self._host.printers.get(part.program)
        if printer is None:
            return LogPart(size, seconds, vcpu, is_aggregate=part.is_aggregate)
        probe = printer.probes[part.probe]
        return LogPart(size, seconds, vcpu, printer.name, probe, part.probe, is_aggregate=part.is_aggregate)

    def make(self) -> Frame:
        """The Frame of this moment. The machine must not be running.

        Console output before the very first Frame, which is not sent to any client, is kept for the next one.
        """
        machine, counters, log = self._machine, self._machine.counters(), "".join(self._log)
        frame = Frame(
            frame=self._number,
            guest_seconds=round(counters.ticks / machine.tsc_hz, 6),  # the clock stops up to one block late
            wall_seconds=monotonic() - self._begun,
            blocks=counters.blocks,
            interrupts=counters.interrupts,
            tsc=counters.ticks,
            tsc_hz=machine.tsc_hz,
            scripts=tuple(script_state(script) for script in self._host.scripts),
            aggregates=self._aggregates(counters.ticks),
            errors=(
                *self._host.take_last_faults(),
                *(f for script in self._host.scripts for f in runtime_faults(script)),
            ),
            log=log,
            log_parts=bounded(covering(log, self._log_parts)) if log else (),
            log_dropped=self._log_dropped + machine.core.log_dropped(),
            console=self._console() if self._number else "",
            vcpus=tuple(self._vcpu(number) for number in range(machine.ncpus)),
            devices=tuple(DeviceCount(name, counts) for name, counts in machine.device_counts().items()),
            screen=machine.screen(),
            began=self._ticks,
            busy=self._busy(counters.ticks, counters.halted_ticks),
        )
        self._number += 1
        self._log.clear()
        self._log_parts.clear()
        self._log_size = 0
        return frame

    def _console(self) -> str:
        written = self._machine.take_console()
        if self.console_output is not None:
            self.console_output(written)
        return self._decode_console(written)

    def _aggregates(self, ticks: int) -> dict[AggregateId, AggregateData]:
        shown = {}
        for script in self._host.scripts:
            for index, info in enumerate(script.program.aggregates):
                shown[AggregateId(script.name, info.name)] = shown_rows(script, index, ticks)
            script.core.forget_logged()
        return shown

    def _vcpu(self, number: int) -> VcpuState:
        core = self._machine.core
        read = {variable.name: core.variable(variable, number) for variable in _REGISTERS}
        place = core.place(read["RIP"], number)
        return VcpuState(
            vcpu=number,
            rip=read["RIP"],
            rsp=read["RSP"],
            rflags=read["RFLAGS"],
            cr3=read["CR3"],
            cpl=read["CS"] & 3,
            halted=self._machine.halted(number),
            registers=read,
            place="" if place.startswith("0x") else place,
        )

    def _busy(self, ticks: int, halted: int) -> float:
        """Share of the guest time since the last Frame in which the CPU was not halted."""
        passed, idle = ticks - self._ticks, halted - self._halted
        self._ticks, self._halted = ticks, halted
        return 1 - idle / (passed * self._machine.ncpus) if passed > 0 else 0.0


def shown_rows(script: LoadedScript, index: int, ticks: int) -> AggregateData:
    """The rows of an aggregate to show at a tick: as logged, if the script logged it since the last Frame.

    Otherwise a script that logs and clears once a second would seem to have found nothing.
    """
    logged = script.core.logged_rows(index)
    return _data(script.core.rows(index), ticks) if logged is None else _data(logged)


def rows_now(script: LoadedScript, aggregate: str, ticks: int) -> tuple[AggregateData, ...]:
    """The rows of an aggregate as they are, then as logged since the previous call; none where there is no such one."""
    names = [info.name for info in script.program.aggregates]
    if aggregate not in names:
        return ()
    index = names.index(aggregate)
    found = [_data(script.core.rows(index), ticks)]
    logged = script.core.logged_rows(index)
    if logged is not None:
        found.append(_data(logged))
    script.core.forget_logged()
    return tuple(found)


def _data(packed: PackedRows, now: int | None = None) -> AggregateData:
    """Rows as they are now; without a tick, as they were logged."""
    return AggregateData(
        integer_keys=packed.integer_keys,
        string_keys=packed.string_keys,
        columns=packed.columns,
        arena=packed.arena,
        dropped=packed.dropped,
        logged=now is None,
        since=packed.since,
        until=packed.logged_at if now is None else now,
    )


def script_state(script: LoadedScript) -> ScriptState:
    """One loaded script and its probes' counters."""
    return ScriptState(
        name=script.name,
        generation=script.generation,
        probes=tuple(_probe_state(script, number) for number in range(len(script.program.probes))),
        code_bytes=len(script.program.code),
        errors_lost=script.core.errors_lost(),
        loaded=script.loaded,
    )


def _probe_state(script: LoadedScript, number: int) -> ProbeState:
    probe, stats = script.program.probes[number], script.core.probe_stats(number)
    place = script.program.place(probe.entry)
    return ProbeState(
        file=place.file if place else script.name,
        name=probe.point.name,
        line=probe.span.line,
        hits=stats.hits,
        errors=stats.errors,
        ns_per_hit=stats.ns_per_hit,
        timed=stats.timed_hits,
        off=number in script.off,
    )
