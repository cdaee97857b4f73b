# SPDX-License-Identifier: GPL-2.0-or-later
"""Drive a script through a scene: in the oracle, and in the compiler and the core."""

from __future__ import annotations

from engine.core.binding import Core, CoreProgram
from engine.core.library import constants
from engine.probes.image import image_of
from engine.vp import compile_script
from engine.vp.program import Program
from tests.engine.vp.oracle.evaluator import Evaluator
from tests.engine.vp.oracle.faults import RunTimeError
from tests.engine.vp.oracle.reader import MASK
from tests.engine.vp.oracle.scene import TSC_HZ, VCPUS, Outcome, Scene
from tests.engine.vp.oracle.script import parse
from tests.engine.vp.oracle.state import State
from tests.engine.vp.oracle.world import World

RUN_TIME_ERRORS = (
    None, "UNMAPPED", "PHYSICAL", "STACK", "DIVIDE", "NO_VCPU", "STEPS", "FORMAT", "NO_PATTERN", "TOO_LONG", "RETURNS",
    "ABSENT",
)  # fmt: skip
"""By number of VPC_RUNTIME_* in vpcore.h."""


def play_in_oracle(source: str, scene: Scene) -> Outcome:
    """What a correct script does, according to the manual."""
    state = State(parse(source), bag_bytes=scene.bag_bytes)
    registers = {"TSC_HZ": TSC_HZ, "NUMVCPUS": VCPUS} | scene.registers
    errors: list[str | None] = []
    for firing in scene.firings:
        registers |= dict(firing.registers)
        world = World(registers, scene.ram, registers.get("SYSTEMTIME", 0))
        for probe in state.script.probes:
            if probe.name != firing.probe:
                continue
            try:
                Evaluator(state, world, probe.name, firing.cpu, firing.arguments).run(probe.body)
                errors.append(None)
            except RunTimeError as error:
                errors.append(error.kind.value)
    thread = state.thread(0)
    return Outcome(
        log=bytes(state.log),
        errors=errors,
        aggregates={
            name: [(*keys, row.count, row.avg, row.min, row.max, row.latest) for keys, row in aggregate.rows.items()]
            for name, aggregate in state.aggregates.items()
        },
        integers=dict(thread.integers),
        strings={name: text.value for name, text in thread.strings.items()},
    )


def compiled(source: str) -> Program:
    """The program of a correct script."""
    compilation = compile_script(source, "script.vp")
    assert compilation.program is not None, compilation.diagnostics
    return compilation.program


def play_in_core(source: str, scene: Scene) -> Outcome:
    """What the compiler and the core make of the script."""
    program = compiled(source)
    core = Core.detached(len(scene.ram), VCPUS)
    try:
        core.ram[:] = scene.ram
        if scene.bag_bytes is not None:
            core.set_bag_limit(scene.bag_bytes)
        loaded = core.program(image_of(program))
        try:
            return _drive(core, loaded, program, scene)
        finally:
            loaded.free()
    finally:
        core.close()


def _drive(core: Core, loaded: CoreProgram, program: Program, scene: Scene) -> Outcome:
    registers = {"TSC_HZ": TSC_HZ} | scene.registers
    errors: list[str | None] = []
    log = bytearray()
    for firing in scene.firings:
        registers |= dict(firing.registers)
        set_registers(core, registers)
        for number, probe in enumerate(program.probes):
            if probe.point.name == firing.probe:
                errors.append(RUN_TIME_ERRORS[core.fire(loaded, number, firing.cpu, firing.arguments)])
                log += core.take_log()
    return Outcome(
        log=bytes(log),
        errors=errors,
        aggregates={info.name: _rows(loaded, number) for number, info in enumerate(program.aggregates)},
        integers={name: loaded.integer(0, number) for number, (name, _) in enumerate(program.integers)},
        strings={name: loaded.string(0, number) for number, (name, _) in enumerate(program.strings)},
    )


def _rows(loaded: CoreProgram, number: int) -> list[tuple[object, ...]]:
    packed = loaded.rows(number)
    rows: list[tuple[object, ...]] = []
    keys = packed.integer_keys + packed.string_keys
    for row in zip(*map(packed.columns.column, range(keys + 6)), strict=True):
        integers, offsets = row[: packed.integer_keys], row[packed.integer_keys : keys]
        strings = tuple(packed.arena[offset : packed.arena.index(b"\0", offset)] for offset in offsets)
        count, total, low, high, latest, carried = row[keys:]
        rows.append((integers, strings, count, (carried << 64 | total) // count, low, high, latest))
    return rows


# --- the register file, by the offsets of unicorn_layout.h ---

_LAYOUT = constants("guest/unicorn_layout.h")
_GENERAL = ("RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", *(f"R{number}" for number in range(8, 16)))
_SEGMENTS = ("ES", "CS", "SS", "DS", "FS", "GS")
_TABLES = {"LDTR": "ENV_LDT", "TR": "ENV_TR", "GDTR": "ENV_GDT", "IDTR": "ENV_IDT"}


def _places() -> dict[str, tuple[int, int]]:
    """Of each register that is kept as it reads: offset and width in the register file."""
    at = _LAYOUT
    places = {name: (at["ENV_REGS"] + 8 * number, 8) for number, name in enumerate(_GENERAL)}
    places |= {f"CR{number}": (at[f"ENV_CR{number}"], 8) for number in (0, 2, 3, 4)}
    places |= {f"DR{number}": (at[f"ENV_DR{number}"], 8) for number in (6, 7)}
    places |= {"RIP": (at["ENV_EIP"], 8), "RFLAGS": (at["ENV_EFLAGS"], 8), "EFER": (at["ENV_EFER"], 8)}
    places["KERNELGSBASE"] = (at["ENV_KERNELGSBASE"], 8)
    segments = {name: at["ENV_SEGS"] + at["ENV_SEG_BYTES"] * number for number, name in enumerate(_SEGMENTS)}
    for name, base in (segments | {name: at[field] for name, field in _TABLES.items()}).items():
        places[name] = (base + at["SEG_SELECTOR"], 4)
        places[name + "BASE"] = (base + at["SEG_BASE"], 8)
        places[name + "LIMIT"] = (base + at["SEG_LIMIT"], 4)
        places[name + "AR"] = (base + at["SEG_FLAGS"], 4)
    return places


_PLACES = _places()
_ELSEWHERE = {"TSC", "TSC_HZ", "SYSTEMTIME", "APIC_BASEPA"}


def set_registers(core: Core, registers: dict[str, int]) -> None:
    """Give every VCPU of a machine without a CPU these registers, and the machine its clock."""
    for cpu in range(VCPUS):
        environment = core.environment(cpu)
        for name, value in registers.items():
            if name in _ELSEWHERE:
                continue
            offset, width = _PLACES[name]
            stored = value << 8 if name.endswith("AR") else value  # descriptors hold the rights from bit 8 on
            environment[offset : offset + width] = stored.to_bytes(width, "little")
    ticks, hertz = registers.get("TSC", 0), registers["TSC_HZ"]
    core.set_clock(ticks, hertz, (registers.get("SYSTEMTIME", 0) - ticks * 1_000_000 // hertz) & MASK)
