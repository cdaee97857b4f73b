# SPDX-License-Identifier: GPL-2.0-or-later
"""GUEST, GUEST:ENTER, GUEST:OFFSET, GUEST:EXIT, Guest_CR3Write and Guest_IRQ, each at its moment."""

from __future__ import annotations

from engine.guest import bundled
from tests.engine.probes.small import RICH, STOP, covers, guest, observe
from tests.engine.probes.test_point_devices import bundled as running


@covers("GUEST", "GUEST:ENTER", "GUEST:OFFSET", "GUEST:STEP")
def test_an_address_fires_before_its_instruction_each_time() -> None:
    source = f"""
    movl $5, %ecx
    xorl %eax, %eax
again: addl $3, %eax
    nop
here: incl %eax
    decl %ecx
    jnz again
{STOP}"""
    script = """
    (vprobe GUEST:<here> (printf "1 %d 0x%x\\n" RAX RIP))
    (vprobe GUEST:ENTER:<again> (printf "2 %d 0x%x\\n" RAX RIP))
    (vprobe GUEST:OFFSET:<again>:6 (printf "3 %d 0x%x\\n" RAX RIP))
    (vprobe GUEST:STEP:<here> (printf "4 %d 0x%x\\n" RAX RIP))
    """
    with guest(source, script) as watched:
        watched.run()
        again, here = watched.places["again"], watched.places["here"]
        expected = []
        for n in range(5):
            expected += [(2, 4 * n, again), (1, 4 * n + 3, here), (4, 4 * n + 3, here), (3, 4 * n + 4, again + 6)]
        assert watched.numbers == expected


def test_an_instruction_that_faults_is_executed_again() -> None:
    source = f"""
    gate 14, handler
here: movl 0x7000000, %eax
{STOP}
handler:
    movl $0x4000083, 0x3000 + 0x38 * 8
    movl $0x7000083 & ~0x1fffff, %eax
    movl $0x083, 0x3000 + 0x38 * 8
    addq $8, %rsp
    iretq
"""
    with guest(source, "(vprobe GUEST:<here> 0)") as watched:
        watched.run()
        assert watched.hits() == 2
        assert watched.machine.counters().exceptions[14] == 1


def test_a_repeated_string_instruction_is_one_instruction() -> None:
    source = f"""
    movl $3, %ebp
1:  movl $100, %ecx
    movl $0x310000, %edi
here: rep stosb
    decl %ebp
    jnz 1b
    movl $0x310000, %edi
    movl $4, %ecx
    movb $1, 0x310001
    jmp 2f
2:
there: repe scasb                   /* ends at the second byte, and goes on from there */
    jne 2b
3:  decl %ecx                       /* a loop that looks like one of elements */
    jns 3b
{STOP}"""
    script = '(vprobe GUEST:<here> (printf "1 %d\\n" RCX)) (vprobe GUEST:<there> (printf "2 %d\\n" RCX))'
    assert observe(source, script) == [(1, 100)] * 3 + [(2, 4), (2, 2)]


def test_a_repeated_string_instruction_is_one_instruction_though_it_is_interrupted() -> None:
    source = """
    gate 0x40, handler
    lapic 0x3e0, 0x0b
    lapic 0x320, 0x20040
    lapic 0x380, 1000
    sti
1:  movl $100000, %ecx
    movl $0x310000, %edi
here: rep stosb
    incq 0x300008
    jmp 1b
handler:
    incq 0x300000
    eoi
    iretq
"""
    with guest(source, '(vprobe GUEST:<here> (printf "%d\\n" RCX))') as watched:
        watched.run(0.01)
        assert watched.result() > 100
        assert watched.numbers == [(100_000,)] * (watched.result(1) + 1)


FUNCTIONS = f"""
    xorl %ebx, %ebx
    movl $6, %edi
    call factorial
first: movq %rax, 0x300000
    movl $3, %edi
    call factorial
second: call leaves
    nop
away:
    movl $4, %edi
    movl $factorial, %eax
    call *%rax
third: movq %rax, 0x300008
    call twice
{STOP}
factorial:
    cmpl $1, %edi
    jle base
    pushq %rdi
    decl %edi
    call factorial
inner: popq %rdi
    imulq %rdi, %rax
    ret
base: movl $1, %eax
    ret
leaves:                             /* never returns: goes on in its caller by a jump */
    addq $8, %rsp
    jmp away
twice:                              /* ends in another function, which returns for it */
    movl $2, %edi
    jmp factorial
"""


@covers("GUEST:EXIT")
def test_returns_are_matched_with_calls() -> None:
    """6!, 3!, 4! and 2!: a call for each number down to 1, and the results on the way back."""
    script = """
    (vprobe GUEST:EXIT:<factorial> (printf "%d\\n" ARG0))
    """
    results = [1, 2, 6, 24, 120, 720, 1, 2, 6, 1, 2, 6, 24, 1, 2]
    assert observe(FUNCTIONS, script) == [(result,) for result in results]


def test_the_moment_of_a_return_is_behind_the_call() -> None:
    script = """
    (vprobe GUEST:EXIT:<factorial> (printf "0x%x 0x%x %d\\n" RIP RSP (== RAX ARG0)))
    (vprobe GUEST:EXIT:<leaves> (printf "never\\n"))
    (vprobe GUEST:EXIT:<twice> (printf "0x%x %d 0\\n" RIP ARG0))
    """
    with guest(FUNCTIONS, script) as watched:
        watched.run()
        outer = [line for line in watched.numbers if line[0] != watched.places["inner"]]
        first, second, third = (watched.places[name] for name in ("first", "second", "third"))
        assert [line[0] for line in outer[:3]] == [first, second, third]
        assert {line[1:] for line in outer[:3]} == {(0x5F00, 1)}
        assert sorted(line[1] for line in outer[3:]) == [2, 0x5F00]  # both probes, behind `call twice`
        assert watched.result(0) == 720


def test_a_return_address_that_is_merely_executed_is_no_return() -> None:
    source = f"""
    call function
after: incl %ebx
    cmpl $5, %ebx
    jne after
{STOP}
function: movl $7, %eax
    ret $0
"""
    assert observe(f"xorl %ebx, %ebx\n{source}", '(vprobe GUEST:EXIT:<function> (printf "%d\\n" ARG0))') == [(7,)]


def test_a_return_that_drops_arguments() -> None:
    """RET n: the callee takes its arguments from the stack (SDM volume 2, RET)."""
    source = f"pushq $1\n pushq $2\n call function\n{STOP}\nfunction: movl $9, %eax\n ret $16\n"
    assert observe(source, '(vprobe GUEST:EXIT:<function> (printf "%d\\n" ARG0))') == [(9,)]


def test_a_function_that_ends_with_a_jump_is_told_after_the_one_it_jumps_to() -> None:
    """Both return to one place; probes of one function fire in the order of the script."""
    source = f"""
    movl $1, %ebx
    call outer
    call inner
    {STOP}
outer:
    jmp inner
inner:
    movl $9, %eax
    ret
"""
    script = """
    (vprobe GUEST:EXIT:<outer> (printf "1\\n"))
    (vprobe GUEST:EXIT:<inner> (printf "2\\n"))
    (vprobe GUEST:EXIT:<inner> (printf "3\\n"))
    """
    assert observe(source, script) == [(2,), (3,), (1,), (2,), (3,)]


def test_returns_to_more_places_than_can_be_watched_are_told() -> None:
    calls = "".join(f"call function\nback_{number}:\n" for number in range(260))
    source = f"{calls}{STOP}\nfunction: incl %eax\n ret\n"
    with guest(source, "(vprobe GUEST:EXIT:<function> (logint 1))") as watched:
        watched.run()
        missed = watched.host.scripts[0].core.errors()
        assert (watched.hits(), [(error.count, error.detail) for error in missed]) == (
            256,
            [(4, watched.places["back_259"])],
        )


def test_calls_that_never_return_are_told_when_there_are_too_many() -> None:
    source = f"""
    movl $513, %ecx
again: call function
{STOP}
function: decl %ecx
    jnz again
    movq $7, %rax
    ret
"""
    with guest(source, '(vprobe GUEST:EXIT:<function> (printf "%d\\n" ARG0))') as watched:
        watched.run()
        assert watched.numbers == [(7,)]
        assert [error.count for error in watched.host.scripts[0].core.errors()] == [1]


def test_functions_of_the_bundled_guest_return_as_often_as_they_are_entered() -> None:
    names = ("schedule", "page_fault", "sys_getpid", "strncpy")
    symbols = bundled.symbols()
    script = "".join(
        f"(vprobe GUEST:ENTER:{symbols[name]:#x} 0) (vprobe GUEST:EXIT:{symbols[name]:#x} 0)" for name in names
    )
    with running(script) as (machine, host):
        machine.machine.run_seconds(4)
        machine.until_idle()
        core = host.scripts[0].core
        hits = {name: [core.probe_stats(2 * n + k).hits for k in (0, 1)] for n, name in enumerate(names)}
    for name, (entered, left) in hits.items():
        under_way = 24 if name == "schedule" else 2  # each task that waits stands inside `schedule`
        assert entered - under_way <= left <= entered + under_way, name
    assert hits["schedule"][0] > 500


@covers("Guest_CR3Write")
def test_cr3_is_still_the_old_one_before_it_is_written() -> None:
    source = f"""
    cld
    movl $0x1000, %esi
    movl $0x8000000 >> 8, %edi
    movl $0x30000, %edi
    movl $512, %ecx
    rep movsq
    movl $0x30000, %ebx
here: movq %rbx, %cr3
    movq %cr3, %rax
    movl $0x1000, %ebx
back: movq %rbx, %cr3
same: movq %rbx, %cr3
{STOP}"""
    script = '(vprobe Guest_CR3Write (cond ((== CS 8) (printf "0x%x 0x%x 0x%x\\n" RIP CR3 RBX))))'
    with guest(source, script) as watched:
        watched.run()
        assert [line for line in watched.numbers if line[0] >= watched.places["here"]] == [
            (watched.places["here"], 0x1000, 0x30000),
            (watched.places["back"], 0x30000, 0x1000),
            (watched.places["same"], 0x1000, 0x1000),
        ]


@covers("Guest_IRQ")
def test_an_interrupt_fires_before_it_is_delivered() -> None:
    source = f"""{RICH}
    gate 0x51, handler
    sti
    lapic 0x300, 0x40051
1:  jmp 1b
handler:
    incq 0x300000
    popq 0x300008
    popq 0x300010
    popq 0x300018
    popq 0x300020
{STOP}"""
    script = "(vprobe Guest_IRQ (cond ((== CS 8) "
    script += '(printf "0x%x 0x%x 0x%x 0x%x %d\\n" ARG0 RIP RFLAGS RSP (getguest 0x300000)))))'
    with guest(source, script) as watched:
        watched.run()
        assert watched.numbers == [(0x51, watched.result(1), watched.result(3), watched.result(4), 0)]


def test_a_probe_is_armed_in_code_that_has_run_at_its_address_from_several_pages() -> None:
    source = """
    movl $0x5003, 0x3018            # linear 6 MiB by a page table at 0x5000
    movb $0xc3, 0x320000            # RET in two pages
    movb $0xc3, 0x330000
    movl $0x320003, 0x5000
    movl $0x600000, %edx
    movq $0, 0x300000
1:  callq *%rdx
    incq 0x300000
    xorl $0x10000, 0x5000
    invlpg 0x600000
    jmp 1b
"""
    with guest(source) as watched:
        watched.run()
        before = watched.result()
        watched.load("(vprobe GUEST:0x600000 0)")
        watched.run()
        armed = watched.result() - before
        assert armed > 100
        assert abs(watched.hits() - armed) <= 1
        watched.host.reset()
        watched.run()
        assert watched.result() - before > armed
