# SPDX-License-Identifier: GPL-2.0-or-later
"""Loads, replaces and unloads scripts in a machine, all or nothing, while the guest is stopped."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replace_field
from typing import NamedTuple

from msgspec.structs import replace as replace_struct

from engine.core.binding import VMX_CONTEXT, Core, CoreError, CoreProgram
from engine.core.points import Point
from engine.core.variables import Variable
from engine.errors import InputError
from engine.probes import arming, trace
from engine.probes import runtime_errors as faults
from engine.probes.carry import Carried, carry
from engine.probes.compiled_script import CompiledScript, CompileJob, ScriptRefused, count
from engine.probes.frame import RuntimeFault
from engine.vp import Diagnostic, Limits, Prelude, Program
from engine.vp.diagnostics.nearest import nearest

_LOADING = (Point.VMM_LOAD, Point.VMX_LOAD)
_UNLOADING = (Point.VMM_UNLOAD, Point.VMX_UNLOAD)
PRINTERS = 64
"""Programs whose names are known when what they printed is taken."""


class NotLoadedError(InputError):
    """No script of that name is loaded. Name one of `scripts`, or load it again."""


@dataclass(eq=False, slots=True)
class LoadedScript:
    """A script whose probes are armed."""

    name: str
    program: Program
    core: CoreProgram
    generation: int = 1
    """1, and one more each time it was replaced in place"""
    warnings: tuple[Diagnostic, ...] = ()
    message: str = ""
    """what loading it did, for display"""
    off: set[int] = field(default_factory=set)
    """numbers of the probes that are switched off"""
    loaded: int = 0
    """tick at which this generation was loaded"""
    faults: tuple[RuntimeFault, ...] = ()
    """run-time errors before it was compiled anew for what became known of the guest"""

    @property
    def source(self) -> str:
        """The text it was compiled from."""
        return self.program.source


class Printer(NamedTuple):
    """A script, as what it has printed needs to know it."""

    name: str
    probes: tuple[str, ...]


class ScriptHost:
    """The scripts of one machine. Call it only while the machine is stopped."""

    def __init__(self, core: Core, vcpus: int, prelude: Prelude | None, limits: Limits) -> None:
        self._core = core
        self._vcpus = vcpus
        self._prelude = prelude
        self._limits = limits
        self.scripts: list[LoadedScript] = []
        self.printers: dict[int, Printer] = {}
        """whose the text is that the core's programs print, by their serial numbers; also those unloaded of late"""
        self._last_faults: list[RuntimeFault] = []

    def compile_job(self, name: str, source: str, replace: str = "") -> CompileJob:
        """How a script is to be compiled for `load_compiled`; the machine may run during the compilation.

        Raises:
            ScriptRefused: a script of that name is loaded already, or there is none to replace.
        """
        armed = self._armed_besides(self._replaced(name, replace))
        return CompileJob(name, source, self._prelude, replace_field(self._limits, armed=armed))

    def load(self, name: str, source: str, replace: str = "") -> LoadedScript:
        """Compile a script and arm its probes; with `replace`, in the place of the loaded script of that name.

        Raises:
            ScriptRefused: it does not compile, names a probe that is not there, or does not fit; nothing changed.
        """
        return self.load_compiled(self.compile_job(name, source, replace).compile(), replace)

    def load_compiled(self, compiled: CompiledScript, replace: str = "") -> LoadedScript:
        """Load a script that was compiled by a `compile_job`; again, if what it depends on has changed since then.

        Raises:
            ScriptRefused: as from `load`.
        """
        job = self.compile_job(compiled.job.name, compiled.job.source, replace)
        if job != compiled.job:
            compiled = job.compile()
        old, new = self.find(replace) if replace else None, self._ready(compiled)
        if old is None:
            self._arm(new, None)
            self.scripts.append(new)
            new.message = f"loaded {new.name}: {count(len(new.program.probes), 'probe')}"
        else:
            self._hand_over(old, new)
            self._part(old)
            new.generation = old.generation + 1
            carried = self._take_over(old, new)
            new.message = f"v{old.generation} \u2192 v{new.generation}: {carried}".removesuffix(": ")
        self._fire(new, _LOADING)
        return new

    def _ready(self, compiled: CompiledScript) -> LoadedScript:
        """A script whose probes can be armed."""
        name, program = compiled.job.name, compiled.program
        now = self._core.variable(Variable.TSC)
        new = LoadedScript(name, program, self._make(compiled), warnings=compiled.warnings, loaded=now)
        self.printers[new.core.serial] = Printer(name, tuple(probe.point.name for probe in program.probes))
        if len(self.printers) > PRINTERS:
            self._forget_printers()
        return new

    def _forget_printers(self) -> None:
        """Of the programs that are no longer loaded, let go of the oldest."""
        loaded = {script.core.serial for script in self.scripts}
        gone = [serial for serial in self.printers if serial not in loaded]
        for serial in gone[: len(self.printers) - PRINTERS]:
            del self.printers[serial]

    def _replaced(self, name: str, replace: str) -> LoadedScript | None:
        """The script that one of that name takes the place of.

        Raises:
            ScriptRefused: there is no such script, or another one has the name.
        """
        old = self.find(replace) if replace else None
        if replace and old is None:
            raise ScriptRefused(f"no script named {replace} is loaded, so there is nothing to replace")
        other = self.find(name)
        if other is not None and other is not old:
            raise ScriptRefused(f"a script named {name} is already loaded")
        return old

    def check(self, name: str, source: str) -> None:
        """Compile a script as for `load` where no other script is loaded.

        Raises:
            ScriptRefused: it does not compile.
        """
        CompileJob(name, source, self._prelude, self._limits).compile()

    def hits(self) -> Iterator[int]:
        """Firings of each probe of each script since it was loaded."""
        for script in self.scripts:
            for number in range(len(script.program.probes)):
                yield script.core.probe_stats(number).hits

    def set_prelude(self, prelude: Prelude) -> None:
        """Use another prelude, and compile every script anew that uses one or names symbols of the guest.

        Each goes on: with its rows, variables and counts, as the same generation. A script that no longer compiles
        keeps running with the prelude it has.
        """
        if prelude == self._prelude:
            return
        self._prelude = prelude
        for script in [script for script in self.scripts if _depends_on_guest(script.program)]:
            with contextlib.suppress(ScriptRefused):
                self._compile_anew(script)

    def _compile_anew(self, old: LoadedScript) -> None:
        """Let a script go on as what it compiles to now, if that is another program: most of what becomes known of a
        guest, such as the symbols of a module, changes nothing in a script.

        Raises:
            ScriptRefused: it does not compile any more.
        """
        compiled = self.compile_job(old.name, old.source, old.name).compile()
        if compiled.program == old.program:
            return
        new = self._ready(compiled)
        self._hand_over(old, new)
        self._fire(old, _UNLOADING)
        new.generation, new.loaded, new.message = old.generation, old.loaded, old.message
        new.faults = tuple(runtime_faults(old))
        new.core.copy_counters(old.core)
        self._take_over(old, new)
        self._fire(new, _LOADING)

    def _make(self, compiled: CompiledScript) -> CoreProgram:
        try:
            made = self._core.program(compiled.image)
        except CoreError as error:
            raise ScriptRefused(f"the core refuses {compiled.program.name}: {error}") from error
        if trace.is_wanted():
            made.trace(trace.tracer(compiled.program))
        return made

    def _armed_besides(self, old: LoadedScript | None) -> int:
        """Probes of all scripts but the one that is to be replaced."""
        return sum(len(script.program.probes) for script in self.scripts if script is not old)

    def _hand_over(self, old: LoadedScript, new: LoadedScript) -> None:
        """Arm the new version and disarm the old one without guest execution in between."""
        self._core.detach(old.core)
        new.off = arming.kept_off(old.program, old.off, new.program)
        self._arm(new, old)

    def _take_over(self, old: LoadedScript, new: LoadedScript) -> Carried:
        """Give the new version what it keeps of the old one, which is gone then."""
        carried = carry(old.program, old.core, new.program, new.core)
        self.scripts[self.scripts.index(old)] = new
        old.core.free()
        return carried

    def _arm(self, script: LoadedScript, instead_of: LoadedScript | None) -> None:
        """Arm every probe, or none: then the version it was to replace is armed again."""
        try:
            self._arm_all(script)
        except CoreError as error:
            self._core.detach(script.core)
            script.core.free()
            if instead_of is not None:
                self._arm_all(instead_of)
            raise ScriptRefused(str(error)) from error

    def _arm_all(self, script: LoadedScript) -> None:
        arming.arm_all(self._core, script.program, script.core, script.off)

    def switch(self, name: str, number: int, *, on: bool) -> str:
        """Disarm a probe, by its number in the script, or arm it again. Returns what was done, in words.

        Raises:
            NotLoadedError: no script of that name is loaded.
            NoProbeError: it has no such probe.
            ScriptRefused: there is no room for another probe; it stays off.
        """
        script = self.named(name)
        return arming.switch(self._core, script.program, script.core, script.off, number, on=on)

    def _fire(self, script: LoadedScript, points: Sequence[Point]) -> None:
        """Fire a script's own probes at points that only its loading and unloading reach."""
        for number, probe in enumerate(script.program.probes):
            for kind in probe.point.kinds:
                if kind in points and number not in script.off:
                    for cpu in self._contexts(kind):
                        self._core.fire(script.core, number, cpu)

    def _part(self, script: LoadedScript) -> None:
        """Fire VMMUnload and VMXUnload; their errors are kept for the next Frame, which no longer has the script."""
        before = {(fault.probe, fault.line, fault.column): fault.count for fault in runtime_faults(script)}
        self._fire(script, _UNLOADING)
        for fault in runtime_faults(script):
            added = fault.count - before.get((fault.probe, fault.line, fault.column), 0)
            if added:
                self._last_faults.append(replace_struct(fault, count=added))

    def take_last_faults(self) -> tuple[RuntimeFault, ...]:
        """Run-time errors of scripts during their unloading, since the previous call."""
        taken = tuple(self._last_faults)
        self._last_faults.clear()
        return taken

    def _contexts(self, kind: int) -> Sequence[int]:
        return (VMX_CONTEXT,) if kind in (Point.VMX_LOAD, Point.VMX_UNLOAD) else range(self._vcpus)

    def find(self, name: str) -> LoadedScript | None:
        """The loaded script of that name."""
        return next((script for script in self.scripts if script.name == name), None)

    def named(self, name: str) -> LoadedScript:
        """The loaded script of that name.

        Raises:
            NotLoadedError: there is none.
        """
        script = self.find(name)
        if script is None:
            close = nearest(name, [script.name for script in self.scripts])
            hint = f"; did you mean {close[0]}?" if close else ""
            raise NotLoadedError(f"no script named {name} is loaded{hint}")
        return script

    def unload(self, name: str) -> None:
        """Fire VMMUnload and VMXUnload, disarm and forget a script.

        Raises:
            NotLoadedError: no script of that name is loaded.
        """
        script = self.named(name)
        self._part(script)
        self._core.detach(script.core)
        self.scripts.remove(script)
        script.core.free()

    def reset(self) -> int:
        """Unload every script; returns how many there were."""
        names = [script.name for script in self.scripts]
        for name in names:
            self.unload(name)
        return len(names)

    def forget(self) -> None:
        """Remove every script without firing its VMMUnload and VMXUnload: they stay loaded in another copy."""
        for script in self.scripts:
            self._core.detach(script.core)
            script.core.free()
        self.scripts.clear()
        self._last_faults.clear()

    def clear_aggregates(self) -> None:
        """Delete the rows of every aggregate."""
        for script in self.scripts:
            for index in range(len(script.program.aggregates)):
                script.core.clear_aggregate(index)
            script.core.forget_logged()


def runtime_faults(script: LoadedScript) -> list[RuntimeFault]:
    """The run-time errors of a script so far, each at its place."""
    program, found = script.program, [*script.faults]
    for error in script.core.errors():
        probe = program.probes[error.probe]
        place = program.place(error.pc)
        span = place.span if place else probe.span
        found.append(
            RuntimeFault(
                script=script.name,
                probe=probe.point.name,
                file=place.file if place else script.name,
                line=span.line,
                column=span.column,
                message=faults.describe(error.kind, error.detail),
                count=error.count,
            )
        )
    return _summed(found) if script.faults else found


def _summed(faults: Sequence[RuntimeFault]) -> list[RuntimeFault]:
    """One for each place and message."""
    found: dict[tuple[str, str, int, int, str], RuntimeFault] = {}
    for fault in faults:
        place = fault.probe, fault.file, fault.line, fault.column, fault.message
        before = found.get(place)
        found[place] = fault if before is None else replace_struct(fault, count=before.count + fault.count)
    return [*found.values()]


def _depends_on_guest(program: Program) -> bool:
    return bool(program.prelude) or program.names_guest or any(probe.point.symbolic for probe in program.probes)
