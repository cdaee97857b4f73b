# SPDX-License-Identifier: GPL-2.0-or-later
"""Run scripts without a dashboard: text as in vprobe.out, or one JSON Frame a line."""

from __future__ import annotations

import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine import ScriptRefused, VirtualMachine
from engine.probes import frame_json
from engine.probes.frame import Frame, RuntimeFault, labels
from engine.vm.options import PowerOn
from vptop.cli import console, interrupts
from vptop.cli.configuration import TypingOptions
from vptop.model.library import LINUX
from vptop.model.scriptfiles import LIBRARY, ScriptFile

if TYPE_CHECKING:
    from vptop.cli.exports import Exports

OK = 0
REFUSED = FAILED = 1
PANICKED = 3
INTERRUPTED = 130
UNKNOWN = {"E202", "E211"}
"""Codes of the diagnostics of functions and symbols that the guest does not have."""

LINUX_WANTED = "is a script for Linux: name a kernel with --kernel, or use `vptop linux`"
TYPES_WANTED = "needs functions or symbols that this kernel does not have; some functions need a kernel built with BTF"


def run(
    scripts: Sequence[ScriptFile],
    power: PowerOn,
    *,
    seconds: float,
    json: bool,
    exports: Sequence[Path] = (),
    typing: TypingOptions = TypingOptions(),
) -> int:
    """Run a guest with these scripts for some guest seconds, as fast as possible.

    Args:
        scripts: to load before it runs.
        power: the machine.
        seconds: guest seconds to run.
        json: print each Frame as a line of JSON instead of what the scripts print.
        exports: files to write at the end, each in the format of its suffix.
        typing: what is typed to the guest.

    Returns:
        The exit status: PANICKED when the guest's kernel has panicked, whatever came after that.

    Raises:
        ExportError: a file name has the suffix of no format. Nothing has run.
        KeysError: what is to be typed names a key that is not there. Nothing has run.
        ReplayInputError: something is to be typed to a machine that repeats a recording.
    """
    kept = _exports(exports, scripts) if exports else None
    keys = typing.keys()
    with VirtualMachine.power_on(power, None if json else text_writer()) as vm:
        if not load_all(vm, scripts):
            return REFUSED
        if keys:
            vm.press_slowly(keys, typing.type_to)
        with interrupts.deferred() as interrupted:
            for frame in vm.frames(seconds, interrupted):
                if kept is not None:
                    kept.add(frame)
                if json:
                    write_json(frame)
                sys.stdout.flush()  # who reads a pipe sees each second as it comes
        status = INTERRUPTED if interrupted() else _status(vm)
        report = vm.latest
        if kept is not None:
            kept.know(vm)
        happened = vm.take_notices()
        if vm.recorded_until is not None and vm.ticks > vm.recorded_until:
            end = vm.recorded_until / vm.tsc_hz
            happened.append(f"the recording ended at {end:.1f} s; the machine went on without it")
        vm.reset()
        farewell = vm.frame()  # what VMMUnload probes had to say
        if json and (farewell.log or farewell.errors):
            write_json(farewell)
    sys.stdout.flush()
    for notice in happened:
        console.complain(notice)
    report_losses(report)
    report_faults((*report.errors, *farewell.errors))
    return status if kept is None or kept.write() else FAILED


def _exports(paths: Sequence[Path], scripts: Sequence[ScriptFile]) -> Exports:
    from vptop.cli.exports import Exports  # what formats need takes a while to be imported

    return Exports(paths, scripts)


def second_line(frame: Frame) -> str:
    """The line that ends a second of text."""
    return f"-- {frame.guest_seconds:.0f} s: {frame.blocks} blocks, {frame.interrupts} interrupts\n"


def watch(scripts: Sequence[ScriptFile], power: PowerOn) -> int:
    """What `vptop` does when standard output is no terminal: a block of text each second.

    Returns:
        The exit status, when the guest has switched the machine off, its kernel has panicked, or the recording has
        ended that it repeats. Until then it runs.
    """
    with VirtualMachine.power_on(power, text_writer()) as vm:
        if not load_all(vm, scripts):
            return REFUSED
        begun = time.monotonic() - vm.seconds
        while not vm.powered_off and not vm.happenings.panics and not vm.has_repeated:
            for frame in vm.frames(min(1.0, vm.left_to_repeat)):
                sys.stdout.write(second_line(frame))
                sys.stdout.flush()
                for notice in vm.take_notices():
                    console.complain(notice)
                time.sleep(max(0.0, begun + frame.guest_seconds - time.monotonic()))
        return _status(vm)


def _status(vm: VirtualMachine) -> int:
    return PANICKED if vm.happenings.panics else OK


def load_all(vm: VirtualMachine, scripts: Sequence[ScriptFile]) -> bool:
    """Load scripts, telling what is wrong with them on standard error; False when one was refused."""
    good = True
    for script in scripts:
        try:
            diagnostics = vm.load(script.source, script.name).warnings
        except ScriptRefused as refusal:
            good = False
            diagnostics = refusal.diagnostics
            if not diagnostics:
                console.complain(f"{script.name}: {refusal.message}")
        console.show_diagnostics(diagnostics)
        if script.path.parent == LIBRARY and any(found.code in UNKNOWN for found in diagnostics):
            is_linux = LINUX in vm.guest.name
            console.complain(f"{script.name} {TYPES_WANTED if is_linux else LINUX_WANTED}")
    return good


def write_json(frame: Frame) -> None:
    """One Frame as one line."""
    sys.stdout.buffer.write(frame_json.encode(frame) + b"\n")


def text_writer() -> Callable[[bytes], object]:
    """Where vprobe.out text goes: byte for byte to a file or pipe, made harmless on a terminal."""
    if not sys.stdout.isatty():
        return sys.stdout.buffer.write
    decoder = getincrementaldecoder("utf-8")("replace")
    return lambda data: sys.stdout.write(console.harmless(decoder.decode(data)))


def report_losses(frame: Frame) -> None:
    """Report on standard error what was lost to limits on memory."""
    label = labels(frame.aggregates)
    for which, data in frame.aggregates.items():
        if data.dropped:
            console.complain(
                f"{label[which]}: lost {data.dropped} updates: the aggregate's memory is full at {data.rows} rows"
            )
    for script in frame.scripts:
        if script.errors_lost:
            console.complain(f"{script.name}: {script.errors_lost} run-time errors in further places are not listed")
    if frame.log_dropped:
        console.complain(f"lost {frame.log_dropped} bytes of script output")


def report_faults(faults: Iterable[RuntimeFault]) -> None:
    """Run-time errors of the scripts, on standard error."""
    for fault in faults:
        times = "once" if fault.count == 1 else f"{fault.count} times"
        console.complain(f"{fault.file}:{fault.line}:{fault.column}: {fault.probe}: {fault.message} ({times})")
