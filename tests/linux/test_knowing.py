# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of a kernel while it runs: the running process in every context, its stacks, its place in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from elftools.elf.elffile import ELFFile

from engine import VirtualMachine
from engine.guest.linux.guest import LinuxGuest
from engine.guest.recognition import RecognisedGuest
from engine.guest.stacks import parse
from engine.guest.symbols import Symbols
from engine.guest.unknown import unknown_guest
from engine.probes.frame import Row
from tests.linux import kernels, program
from tests.linux.conftest import Boot, run_until
from vptop.model.code import disassemble

WORK = """
for i in 1 2 3 4 5; do $B sh -c 'i=0; while [ $i -lt 500 ]; do i=$((i+1)); done'; done
echo DONE
$B sleep 1000
"""
CONTEXTS = """
(defaggr seen 1 2)
(defaggr isolated 0 0)
(defun note (where)
  (aggr seen ((curpid)) (where (curprocname)) (+ (curtid) (curppid) (curcpu)))
  (aggr seen (0) ("arguments" (curcmdline)) 1))
(vprobe Guest_PF (note "fault"))
(vprobe Guest_IRQ (note "interrupt"))
(vprobe USEC:777 (note "sample")
  (cond ((&& (& CS 3) (& CR3 0x1000)) (aggr isolated () () 1))))
(vprobe GUEST:ENTER:entry_SYSCALL_64 (note "system call"))
(vprobe GUEST:ENTER:asm_exc_page_fault (note "exception entry"))
(vprobe GUEST:ENTER:__switch_to (note "switch"))
(defaggr places 1 2)
(vprobe USEC:331 (cond ((== (& CS 3) 3) (aggr places (RIP) ((curmapping RIP) (curuserstack)) 1))))
"""
STACKS = """
(defaggr stacks 0 1)
(defstring stack)
(vprobe USEC:1777 (cond ((== (& CS 3) 0) (do (gueststack stack) (aggr stacks () (stack) 1)))))
(vprobe GUEST:ENTER:handle_mm_fault (gueststack stack) (aggr stacks () (stack) 1))
"""
PROCESSES = """
(defaggr user 0 2)
(vprobe USEC:977 (cond ((== (& CS 3) 3) (do (gueststack stack) (aggr user () ((curprocname) stack) 1)))))
"""
OUTERMOST = (
    "secondary_startup_64", "common_startup_64", "ret_from_fork", "entry_SYSCALL_64", "asm_", "x86_64_start",
    "early_idt_handler", "startup_64", "syscall_return_via_sysret", "swapgs_restore_regs", "common_interrupt_return",
    "error_entry", "entry_SYSRETQ", "native_irq_return_iret", "irq_entries_start", "restore_regs", "exc_",
    "error_return",
)  # fmt: skip
"""Beginnings of the names of code that nothing in the kernel calls."""
AROUND_SWAPGS = [("entry_SYSCALL_64", "push", 16), ("syscall_return_via_sysret", "sysret", 4)]
"""From the entry of system calls to the first push on the kernel's stack; the last instructions up to SYSRET."""
LONGEST_STRING = 12
LOADED = 0x1000000
"""The physical address at which the kernel's text is loaded; it runs there until it has page tables of its own."""


@pytest.mark.parametrize(("append", "kaslr"), [("quiet pti=on", False), ("quiet pti=off", True)])
def test_the_running_process_is_named_in_every_context(boot: Boot, append: str, kaslr: bool):
    with boot(f"echo BOOTED\n{WORK}", append=append, kaslr=kaslr) as vm:
        first = LOADED + vm.guest.symbols["startup_64"] - vm.guest.symbols["_text"]
        script = vm.load(f'{CONTEXTS}(vprobe GUEST:{first:#x} (note "first instruction"))')
        run_until(vm, "BOOTED")
        loaded = [vm.load(at_each(instructions(vm, *ends)), f"{ends[0]}.vp") for ends in AROUND_SWAPGS]
        run_until(vm, "DONE")
        in_between = [row for one in loaded for row in one.aggregates["between"]]
        assert vm.latest.errors == ()
        rows = list(script.aggregates["seen"])
        places = list(script.aggregates["places"])
        isolated = sum(row.count for row in script.aggregates["isolated"])
    in_its_file(places)
    where: dict[str, set[tuple[int, str]]] = {}
    for row in rows:
        where.setdefault(row.strings[0], set()).add((row.integers[0], row.strings[1]))
    assert (isolated > 0) == ("pti=on" in append)
    assert where.pop("first instruction") == {(0, "(early boot)")}
    assert where.keys() == {"fault", "interrupt", "sample", "system call", "exception entry", "switch", "arguments"}
    names = {name for key, found in where.items() if key != "arguments" for _, name in found}
    assert names <= {name for _, name in where["switch"]} | {"(early boot)", "swapper", "init"}
    users_gs = {(row.integers[1], row.strings[0]) for row in in_between}
    assert {gs for gs, _ in users_gs} == {0, 1}, "before and behind SWAPGS"
    assert {name for _, name in users_gs} <= {name for _, name in where["switch"]} | {"init"}
    assert {row.integers[2] for row in in_between} == {0}, "the number that the kernel gave to the process"
    assert {(0, "swapper"), (1, "init")} <= where["sample"] | where["switch"] | where["fault"]
    assert (0, "/bin/busybox sh -c i=0; while [ $i -lt 500 ]; do i=$((i+1)); done") in where["arguments"]
    assert (0, "[kthreadd]") in where["arguments"]


def instructions(vm: VirtualMachine, start: str, last: str, most: int) -> list[int]:
    """The instructions from a symbol to the first that begins so, at most so many before that."""
    at = vm.guest.symbols[start]
    found = []
    for instruction in disassemble(vm.peek(at, 256), at):
        found.append(instruction.address)
        if instruction.text.startswith(last):
            return found[-most:]
    raise AssertionError(f"no {last} behind {start}")


def at_each(addresses: list[int]) -> str:
    """Counts by instruction, by whose GS base is loaded, and by whether the process is the one at the first of them."""
    count = """(aggr between (RIP (< GSBASE 0xffff800000000000) (!= (curpid) pid)) ((curprocname)) 1)"""
    probes = "".join(f"(vprobe GUEST:{at:#x} {count})\n" for at in addresses)
    note = f"(vprobe GUEST:{addresses[0]:#x} (setint pid (curpid)))"
    return f"(definteger pid)\n(defaggr between 3 1)\n{note}\n{probes}"


def in_its_file(rows: list[Row]) -> None:
    """Every sampled instruction of a process is in busybox, which is mapped as its program headers say."""
    program = kernels.busybox()
    assert program is not None
    with program.open("rb") as file:
        parts = [part for part in ELFFile(file).iter_segments("PT_LOAD") if part["p_flags"] & 1]
    expected = {}
    for row in rows:
        (address,) = row.integers
        part = next(part for part in parts if part["p_vaddr"] <= address < part["p_vaddr"] + part["p_filesz"])
        expected[address] = f"busybox+{address - part['p_vaddr'] + part['p_offset']:#x}"
    assert {row.integers[0]: row.strings[0] for row in rows} == expected
    assert len(expected) > 50
    stacks = {row.strings[0]: parse(row.strings[1]) for row in rows}
    assert {place: stack.frames[0] for place, stack in stacks.items() if stack} == {place: place for place in stacks}


def test_stacks_reach_code_that_nothing_calls(boot: Boot):
    work = "$B chmod +x /bin/program; /bin/program; $B cp /bin/program /copy; /copy; " + WORK
    with boot(work, {"bin/program": program.program()}, append="quiet") as vm:
        script = vm.load(STACKS + PROCESSES)
        run_until(vm, "DONE")
        vm.run(1)  # files are looked at once a second
        symbols = vm.guest.symbols
        for name in ("program", "copy"):  # the second one is in no file that the host has
            by_name_of_function(script.aggregates["user"], symbols, name)
        assert symbols.files.keys() == {"[vdso]", "program", "copy"}, "busybox was stripped"
        stacks = [(parse(row.strings[0]), row.count) for row in script.aggregates["stacks"]]
    whole = broken = 0
    for stack, count in stacks:
        assert stack is not None
        if stack.cut or len(stack.addresses) >= LONGEST_STRING:
            continue
        in_kernel = [address for address in stack.addresses if address >> 63]
        outermost = symbols.describe(in_kernel[-1] - 1)
        whole, broken = (whole + count, broken) if outermost.startswith(OUTERMOST) else (whole, broken + count)
    assert whole > 100
    assert broken <= whole // 50, f"{broken} of {whole + broken} stacks end early"
    named = [stack for stack, _ in stacks if stack and str(stack.frames[-1]).startswith("busybox+0x")]
    bare = [stack for stack, _ in stacks if stack and any(address >> 63 == 0 for address in stack.addresses)]
    others = {stack.functions(symbols) for stack in bare}
    assert len(named) > 20
    assert [names for names in others if not {"do_exit", "load_elf_binary"} & {*names}] == [], "memory is gone in these"


def by_name_of_function(rows: Iterable[Row], symbols: Symbols, name: str) -> None:
    """The stacks of the program that is not stripped are the calls that its source has, and nothing else."""
    counted: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        stack = parse(row.strings[1])
        if row.strings[0] == name and stack is not None:
            counted[stack.functions(symbols)] += row.count
    calls = tuple(f"{function} [{name}]" for function in program.CALLS)
    whole = sum(count for names, count in counted.items() if names in (calls, calls[1:], calls[2:]))
    assert counted[calls] > 20
    assert sum(counted.values()) - whole <= 2, "in the first instructions of a function its frame is not complete"
    assert {"__vdso_time", "__vdso_clock_gettime"} <= {*symbols.files["[vdso]"]}


def test_a_kernel_that_nobody_named_is_recognised(boot: Boot):
    with boot(WORK, append="quiet", kaslr=True) as vm:
        known = vm.guest
        assert isinstance(known, LinuxGuest)
        vm.guest = RecognisedGuest(unknown_guest("disk.img"))
        run_until(vm, "DONE")
        assert vm.guest.name == known.name
        known.update(vm._machine.core)
        assert dict(vm.guest.symbols.addresses) == dict(known.symbols.addresses)
        assert vm.guest.prelude == known.prelude
