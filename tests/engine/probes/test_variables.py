# SPDX-License-Identifier: GPL-2.0-or-later
"""Built-in variables of tables 2-1 to 2-5, against what the guest's own instructions say of the same state."""

from __future__ import annotations

import itertools

import pytest

from engine.vp import compile_script
from engine.vp.tables.builtins import Type
from engine.vp.tables.variables import VARIABLES
from tests.engine.machine.small_guest import RESULTS
from tests.engine.probes.small import RICH, STOP, covers, guest

GENERAL = ["RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RSP", "RBP", *(f"R{n}" for n in range(8, 16))]


def shown(names: list[str]) -> str:
    """Lines that print variables at the label `here`, one each."""
    return "(vprobe GUEST:<here>" + "".join(f' (printf "0x%x\\n" {name})' for name in names) + ")"


@covers(*GENERAL, "RIP", "RFLAGS")
def test_general_registers() -> None:
    values = {name: 0x0102030405060708 * (number + 1) for number, name in enumerate(GENERAL)}
    moves = "".join(f"    movabsq ${value:#x}, %{name.lower()}\n" for name, value in values.items())
    source = f"movl $0x5f00, %esp\n pushq $0x8d7\n popfq\n{moves}\nhere: nop\n movl $0x5f00, %esp"
    with guest(f"{source}\n{STOP}", shown([*GENERAL, "RIP", "RFLAGS"])) as watched:
        watched.run()
        assert watched.numbers == [(value,) for value in (*values.values(), watched.places["here"], 0x8D7)]


TABLES = {"CS": 0x08, "SS": 0x10, "DS": 0x20, "ES": 0x10, "FS": 0x20, "GS": 0x18, "TR": 0x40, "LDTR": 0x50}
STORE = {"TR": "str", "LDTR": "sldt"}


@pytest.mark.parametrize("name", TABLES)
@covers(*(name + part for name in TABLES for part in ("", "AR", "BASE", "LIMIT")))
def test_segments(name: str) -> None:
    """Rights as LAR shows them (bits 8 and up), limit as LSL does, base as the MSR or the descriptor has it."""
    store = f"{STORE[name]} %eax" if name in STORE else f"movl %{name.lower()}, %eax"
    source = f"""
    movl $0x20, %eax
    movl %eax, %ds
    movl %eax, %fs
    movl $0x18, %eax
    movl %eax, %gs
    movl $0xc0000100, %ecx
    movl $0x12345678, %eax
    movl $0x7f, %edx
    wrmsr
    incl %ecx
    wrmsr
here: xorl %eax, %eax
    {store}
    movq %rax, 0x300000
    larl %eax, %ebx
    shrl $8, %ebx
    movq %rbx, 0x300008
    lsll %eax, %ebx
    movq %rbx, 0x300010
"""
    names = [name + part for part in ("", "AR", "BASE", "LIMIT")]
    with guest(f"{RICH}\n{source}\n{STOP}", shown(names)) as watched:
        watched.run()
        selector, rights, base, limit = (value for (value,) in watched.numbers)
        assert selector == watched.result(0) == TABLES[name]
        assert rights == watched.result(1) & 0xF0FF
        assert limit == watched.result(2)
        bases = {"FS": 0x7F12345678, "GS": 0x7F12345678, "TR": 0x7000, "LDTR": 0x7100}
        assert base == bases.get(name, 0)


def test_segments_in_real_mode_and_with_a_limit() -> None:
    """What the firmware leaves: base 16 times the selector, 64 KiB; and 16-bit code of this guest's own."""
    script = '(vprobe GUEST:0x7c00 (printf "0x%x 0x%x 0x%x 0x%x\\n" CS CSBASE CSLIMIT (& CSAR 0xff)))'
    with guest(STOP, script) as watched:
        watched.run()
        assert watched.numbers == [(0, 0, 0xFFFF, 0x9B)]


@covers("GDTRBASE", "GDTRLIMIT", "IDTRBASE", "IDTRLIMIT", "CR0", "CR2", "CR3", "CR4", "CR8", "DR6", "DR7", "EFER")
@covers("KERNELGSBASE", "APIC_BASEPA", "SMM")
def test_system_registers() -> None:
    source = """
    gate 14, faulted
    movl 0x7654320, %eax
after:
    movl $0xc0000102, %ecx
    movl $0x89abcdef, %eax
    movl $0xffff8123, %edx
    wrmsr
    movl $0x310000, %eax
    movq %rax, %dr0
    movl $0x402, %eax
    movq %rax, %dr7
    movl $9, %eax
    movq %rax, %cr8
    .macro keep source, to
    movq %\\source, %rax
    movq %rax, 0x300000 + 8 * \\to
    .endm
here: nop
    sgdt 0x300006
    sidt 0x300016
    keep cr0, 4
    keep cr2, 5
    keep cr3, 6
    keep cr4, 7
    keep cr8, 8
    keep dr6, 9
    keep dr7, 10
    .macro model number, to
    movl $\\number, %ecx
    rdmsr
    shlq $32, %rdx
    orq %rdx, %rax
    movq %rax, 0x300000 + 8 * \\to
    .endm
    model 0xc0000080, 11
    model 0xc0000102, 12
    model 0x1b, 13
    hlt
faulted:
    addq $8, %rsp
    movq $after, (%rsp)
    iretq
"""
    names = ["CR0", "CR2", "CR3", "CR4", "CR8", "DR6", "DR7", "EFER", "KERNELGSBASE"]
    tables = ["GDTRBASE", "GDTRLIMIT", "IDTRBASE", "IDTRLIMIT"]
    with guest(f"{RICH}\n{source}\n{STOP}", shown([*names, *tables, "APIC_BASEPA", "SMM"])) as watched:
        watched.run()
        seen = [value for (value,) in watched.numbers]
        memory = watched.machine.memory
        assert seen[:9] == [watched.result(4 + n) for n in range(9)]
        assert dict(zip(names, seen, strict=False))["CR2"] == 0x7654320
        assert (seen[4], seen[8]) == (9, 0xFFFF812389ABCDEF)
        witness = [memory.read_int(at, size) for at, size in ((RESULTS + 8, 8), (RESULTS + 6, 2))]
        witness += [memory.read_int(at, size) for at, size in ((RESULTS + 0x18, 8), (RESULTS + 0x16, 2))]
        assert seen[9:13] == witness
        assert seen[13] == watched.result(13) & 0xFFFFFF000 == 0xFEE00000
        assert seen[14] == 0


def test_the_apic_s_version_register_as_in_the_manual_s_sample() -> None:
    """Manual, p. 24: the local APIC by its physical address; integrated ones have version 1Xh (SDM 10.4.8)."""
    source = "movl $LAPIC, %ebx\n movl 0x30(%rbx), %eax\n movq %rax, 0x300000\nhere: nop"
    script = shown(["(& (getguestphys (+ APIC_BASEPA 0x30)) 0xffffffff)"])
    with guest(f"{source}\n{STOP}", script) as watched:
        watched.run()
        ((version,),) = watched.numbers
        assert version == watched.result()
        assert version & 0xF0 == 0x10


@covers("TSC", "TSC_HZ", "BRCNT")
def test_time_and_blocks() -> None:
    source = f"""
    movl $10, %ebp
1:
here: rdtsc
    movl %eax, 0x300000
    decl %ebp
    jnz 1b
{STOP}"""
    script = (
        '(vprobe GUEST:<here> (printf "%d %d %d\\n" TSC TSC_HZ BRCNT))(vprobe VMX1Hz (printf "%d %d 0\\n" TSC TSC_HZ))'
    )
    with guest(source, script) as watched:
        watched.run(1.5)
        blocks = watched.machine.counters().blocks
        times, hertz, counts = zip(*watched.numbers, strict=True)
        assert set(hertz) == {watched.machine.tsc_hz}
        assert all(before < after for before, after in itertools.pairwise(times))
        assert times[-2] == watched.result()
        assert times[-1] == watched.machine.tsc_hz
        assert all(after - before == 1 for before, after in itertools.pairwise(counts[1:-1]))
        assert counts[-2] < blocks


@covers("PCPUID", "THREADID", "VCPUID", "NUMVCPUS", "PROBENAME")
def test_who_fires() -> None:
    script = """
    (vprobe GUEST:<here> (printf "%s %d %d %d %d\\n" PROBENAME PCPUID THREADID VCPUID NUMVCPUS))
    (vprobe VMX1Hz (printf "%s %d %d %d\\n" PROBENAME PCPUID THREADID NUMVCPUS))
    """
    with guest(f"here: nop\n{STOP}", script) as watched:
        watched.run(1.1)
        assert watched.lines == [f"GUEST:{watched.places['here']:#x} 0 0 0 1", "VMX1Hz 0 1 1"]


@covers("EXCNAME", "EXCDESC")
def test_the_error_that_was_caught() -> None:
    script = """
    (vprobe GUEST:<here>
      (printf "[%s]\\n" EXCNAME)
      (try (getguest 0xffffff8000000000) 0)
      (printf "%s: %s\\n" EXCNAME EXCDESC))
    """
    with guest(f"here: nop\n{STOP}", script) as watched:
        watched.run()
        assert watched.lines == ["[]", "UNMAPPED: guest address is not mapped"]


@covers(*(f"ARG{n}" for n in range(10)))
def test_arguments() -> None:
    """Those of a probe point that has them, and 0 for the others."""
    names = " ".join(f"ARG{n}" for n in range(10))
    script = f'(vprobe Out (printf "{"%d " * 10}\\n" {names})) (vprobe GUEST:<here> (printf "{"%d " * 10}\\n" {names}))'
    with guest(f"here: outb %al, $0x80\n{STOP}", script) as watched:
        watched.run()
        assert watched.numbers[-2:] == [(0,) * 10, (0x80, 1, 1, *(0,) * 7)]
        from engine.core.points import Point

        watched.machine.core.fire_point(Point.OUT, 0, range(1, 11))
        assert watched.numbers[-1] == tuple(range(1, 11))


@pytest.mark.parametrize("name", VARIABLES)
def test_reading_is_all_that_can_be_done(name: str) -> None:
    """An assignment is an error where it stands."""
    setter = "setint" if VARIABLES[name].type is Type.INTEGER else "setstr"
    compiled = compile_script(f"(vprobe VMM1Hz\n ({setter} {name} 1))", "wrong.vp")
    assert compiled.program is None
    assert any(diagnostic.span.line == 2 for diagnostic in compiled.diagnostics)


def test_reading_every_variable_has_no_effect() -> None:
    names = [row.name for row in VARIABLES.values() if row.type is Type.INTEGER and row.vendor != "amd"]
    states = []
    for script in ("", "(definteger n) (vprobe USEC:7 " + " ".join(f"(setint n {name})" for name in names) + ")"):
        with guest("1: incq 0x300000\n rdtsc\n adcq %rax, 0x300008\n call 2f\n jmp 1b\n2: ret", script) as watched:
            watched.run(0.05)
            machine = watched.machine
            states.append((machine.counters().blocks, machine.ticks, bytes(machine.core.environment(0)[:0x1000])))
            assert bool(script) == bool(watched.host.scripts)
    assert states[0] == states[1]
