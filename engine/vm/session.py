# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine with its scripts: guest time passes, scripts come and go, Frames are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Self

from engine.guest.guest import Guest
from engine.machine.inputs import Input, Outside, Rerun
from engine.machine.machine import Machine
from engine.machine.vectors import vectors_of
from engine.probes.compiled_script import CompiledScript, CompileJob, ScriptRefused
from engine.probes.frame import AggregateData, Frame, ProbeState
from engine.probes.frame_maker import FrameMaker, rows_now, script_state
from engine.probes.script_host import LoadedScript, ScriptHost
from engine.vm.boot_media import prelude_of
from engine.vm.boot_snapshot import BootWatch
from engine.vm.happenings import Happenings
from engine.vm.past.messages import Unit
from engine.vm.recording import Recorder
from engine.vp import Diagnostic

Output = Callable[[bytes], object]
SLICES = 20
"""Times per guest second that Python checks for an interrupt such as Ctrl-C."""


class Script:
    """A script loaded into a virtual machine."""

    def __init__(self, vm: GuestSession, loaded: LoadedScript) -> None:
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


class GuestSession:
    """A machine with its scripts. A context manager: leaving it powers the machine off.

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
        self.happenings = Happenings(machine)
        """What happened to the machine."""
        self._machine = machine
        self._outside = outside
        self._recorder = recorder
        self._host = host
        self._frames = FrameMaker(machine, host)
        self._output = output
        self.guest = guest
        """What runs in it, and what is known of it."""
        self.at_seconds: list[Callable[[], object]] = []
        """Called at each whole guest second, after its Frame was made."""
        self.refusal = ""
        """Why no script may be loaded; empty when scripts may."""
        self.guest_version = 0
        """Changes whenever more of the guest becomes known."""
        self.vectors: Mapping[int, str] = {}
        """What interrupt vectors were for in the latest whole guest second."""
        self._update_guest()
        self.latest = self.frame()
        """The Frame of the latest whole guest second, or later."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Power off: unload every script and give the memory back."""
        self._host.reset()
        self._drain()
        if self._recorder is not None:
            self._recorder.close(self._machine.ticks)
        self._machine.close()

    # --- guest time ---

    @property
    def seconds(self) -> float:
        """Guest seconds since power-on."""
        return self._machine.ticks / self._machine.tsc_hz

    @property
    def ticks(self) -> int:
        """Ticks of the time stamp counter since power-on."""
        return self._machine.ticks

    @property
    def blocks(self) -> int:
        """Blocks executed since power-on."""
        return self._machine.counters().blocks

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

    def frames(self, seconds: float, stop: Callable[[], bool] = lambda: False) -> Iterator[Frame]:
        """Let the guest run for some guest seconds, and get a Frame at each whole one and at the end.

        Args:
            seconds: how long.
            stop: asked several times a second; ends the run early when it is true.
        """
        end = self._machine.ticks + round(seconds * self._machine.tsc_hz)
        while self._machine.ticks < end and not stop():
            frame = self._advance_to(min(end, self._machine.ticks + self._machine.tsc_hz // SLICES))
            if frame is not None:
                yield frame
        if self.latest.tsc != self._machine.ticks:
            yield self._frame_with_notices()

    def advance(self, seconds: float) -> Frame | None:
        """Let the guest run for a moment, up to the next whole second at most; returns a Frame when it got there."""
        return self._advance_to(self._machine.ticks + max(1, round(seconds * self._machine.tsc_hz)))

    def run_to(self, tick: int) -> None:
        """Let the guest run to a tick, or to the end of the block in which it passes; no Frame is made.

        Raises:
            MachineStoppedError: the CPU emulator gave up, or a replay diverged.
        """
        if tick > self._machine.ticks:
            self._outside.run(tick)

    def run_to_next(self, unit: Unit, tick: int) -> bool:
        """Let the guest run to the end of the block in which the next event of a kind happens, or to a tick.

        Returns:
            Whether there was such an event.

        Raises:
            MachineStoppedError: the CPU emulator gave up, or a replay diverged.
        """
        if unit == "second":
            whole = (self._machine.ticks // self.tsc_hz + 1) * self.tsc_hz
            self.run_to(min(tick, whole))
            return whole <= tick
        self._machine.core.await_event(unit)
        try:
            self.run_to(tick)
            return self._machine.core.has_happened()
        finally:
            self._machine.core.await_event(None)

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
            self.happenings.add(done or "")
        frame = self._frame_with_notices()
        for call in self.at_seconds:
            call()
        return frame

    def take_notices(self) -> list[str]:
        """What happened to the machine that people should be told, once; mostly nothing."""
        return self.happenings.take()

    def _update_guest(self) -> None:
        """Let the guest learn from memory; scripts that use its prelude are recompiled when that has changed."""
        if self.guest.update(self._machine.core):
            self.guest_version += 1
            self._host.set_prelude(prelude_of(self.guest))
        self.happenings.guest_says(self.guest.notice)
        board = self._machine.motherboard
        self.vectors = {**vectors_of(board.lines, board.pci), **self.guest.vectors}

    def frame(self) -> Frame:
        """A Frame of this moment."""
        self._drain()
        self.latest = self._frames.make()
        return self.latest

    def first_look(self) -> Frame | None:
        """A Frame within a second; None while somebody waits for a prompt, who needs the console's output whole."""
        if self._watch is not None:
            return None
        return self._frame_with_notices()

    def _frame_with_notices(self) -> Frame:
        frame = self.frame()
        self.happenings.look(frame.console)
        return frame

    def _drain(self) -> None:
        """Take what scripts have printed."""
        printed, parts = self._machine.core.take_printed()
        if printed:
            self._frames.printed(printed, parts)
            if self._output is not None:
                self._output(printed)

    @property
    def powered_off(self) -> bool:
        """The guest has switched the machine off."""
        return self._machine.powered_off

    # --- what a copy of the machine does ---

    def run_again(self, inputs: Iterable[Input], output: Output | None = None) -> None:
        """In a forked copy: forget the scripts, and repeat these inputs instead of taking others.

        Nothing of this machine is written to a file any more.
        """
        self._recorder = self._watch = None
        self.at_seconds.clear()
        self._frames.console_output = None
        self._host.forget()
        self._machine.core.take_log()
        self._output = output
        self._outside = Rerun(self._machine, replay=inputs)

    def read_memory(self, address: int, size: int, cpu: int = 0) -> bytes:
        """Guest memory by linear address as a VCPU sees it, up to the first byte that is not mapped."""
        return self._machine.core.read_linear(address, size, cpu)

    def stack(self, cpu: int = 0) -> list[tuple[int, str]]:
        """The stack of a VCPU, the innermost frame first: each address, and what the process has mapped there."""
        core = self._machine.core
        return [(address, core.place(address, cpu)) for address in core.stack(cpu)]

    def probes(self, script: str) -> tuple[ProbeState, ...]:
        """The probes of a loaded script with their firings so far.

        Raises:
            NotLoadedError: no script of that name is loaded.
        """
        return script_state(self._host.named(script)).probes

    def take_printed(self) -> bytes:
        """What scripts have printed since the previous call, instead of passing it on in a Frame."""
        return self._machine.core.take_log()

    def rows_now(self, script: str, aggregate: str) -> tuple[AggregateData, ...]:
        """An aggregate as it is, and as it was logged since the previous call; empty when the script has none such.

        Raises:
            NotLoadedError: no script of that name is loaded.
        """
        return rows_now(self._host.named(script), aggregate, self.ticks)

    def events(self, unit: Unit) -> int:
        """How many events of a kind there have been; firings are those of the loaded scripts."""
        if unit == "firing":
            return sum(self._host.hits())
        counters = self._machine.counters()
        return counters.interrupts if unit == "interrupt" else counters.blocks

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
        return self.load_compiled(self.compile_job(source, name, replace).compile(), replace)

    def compile_job(self, source: str, name: str, replace: str = "") -> CompileJob:
        """How a script is to be compiled for `load_compiled`; the guest may run during the compilation.

        Raises:
            ScriptRefused: the name is taken, there is no script to replace, or scripts are not enabled.
        """
        if self.refusal:
            raise ScriptRefused(self.refusal)
        return self._host.compile_job(name, source, replace)

    def load_compiled(self, compiled: CompiledScript, replace: str = "") -> Script:
        """Load a script that was compiled by a `compile_job`.

        Raises:
            ScriptRefused: as from `load`.
        """
        loaded = self._host.load_compiled(compiled, replace)
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

    def switch_probe(self, script: str, probe: int, *, on: bool) -> str:
        """Switch a probe, by its number in the script, off or on. Returns what was done, in words.

        Raises:
            NotLoadedError: no script of that name is loaded.
            NoProbeError: it has no such probe.
            ScriptRefused: there is no room for another probe; it stays off.
        """
        return self._host.switch(script, probe, on=on)

    def clear_aggregates(self) -> None:
        """Delete the rows of every aggregate of every script."""
        self._host.clear_aggregates()

    def check(self, source: str, name: str) -> None:
        """Compile a script as `load` does, without loading it.

        Raises:
            ScriptRefused: with diagnostics, or because scripts are not enabled.
        """
        if self.refusal:
            raise ScriptRefused(self.refusal)
        self._host.check(name, source)
