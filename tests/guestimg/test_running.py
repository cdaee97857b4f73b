# SPDX-License-Identifier: GPL-2.0-or-later
"""The bundled guest at work: what it claims of itself against what the machine saw."""

from __future__ import annotations

from collections import Counter

from tests.guestimg.guest import NO_EXECUTE, READY, USER, WRITE, Guest

PROCESSES = {
    "cruncher", "postgres", "tar", "syslogd", "cc1", "lisp", "sshd", "cron", "httpd", "crashme", "smartd",
    "acpid", "clock", "netd",
}  # fmt: skip
KERNEL_THREADS = {"swapper", "kstatus", "sh"}


def test_the_guest_says_who_it_is(running: Guest) -> None:
    assert "tinyguest: 64-bit kernel at ffffffff80100000" in running.console
    assert f"tinyguest: {len(PROCESSES)} processes" in running.console
    screen = running.machine.screen()
    assert "tinyguest" in screen[0]
    assert all(any(name in line for line in screen) for name in PROCESSES | KERNEL_THREADS)


def test_there_is_a_process_for_each_program_and_all_of_them_run(running: Guest) -> None:
    processes = running.processes()
    assert set(processes) == PROCESSES | KERNEL_THREADS
    assert len({process.pid for process in processes.values()}) == len(processes)
    assert processes["swapper"].pid == 0
    # a program comes into memory by page faults of its own
    assert all(processes[name].counts["faults"] >= 1 for name in PROCESSES)
    assert all(processes[name].counts["faults"] == 0 for name in KERNEL_THREADS)
    assert sum(process.counts["ticks"] > 0 for process in processes.values()) >= 8


def test_the_timer_runs_at_250_hertz(running: Guest) -> None:
    assert abs(running.books().totals["ticks"] / running.machine.seconds - 250) < 3
    assert sum(process.counts["ticks"] for process in running.processes().values()) == running.books().totals["ticks"]


def test_the_guest_counts_what_the_machine_counts(running: Guest) -> None:
    books, machine, devices = running.books(), running.machine.counters(), running.machine.device_counts()
    assert sum(books.interrupts) == machine.interrupts == devices["8259"]["interrupts"]
    assert books.interrupts[0] == books.totals["ticks"]
    assert books.exceptions == machine.exceptions
    assert books.totals["page faults"] == books.exceptions[14]
    assert books.totals["system calls"] == machine.syscalls


def test_the_guest_counts_interrupts_as_the_devices_do(fresh: Guest) -> None:
    """From one moment of rest to another: the boot sector polls, and setting the timer up is an edge too."""
    fresh.until_idle()
    books, devices = fresh.books(), fresh.machine.device_counts()
    fresh.machine.run_seconds(3)
    fresh.until_idle()
    later = fresh.books()
    done = {name: Counter(counts) for name, counts in fresh.machine.device_counts().items()}
    for name, counts in devices.items():
        done[name].subtract(counts)
    assert later.interrupts[0] - books.interrupts[0] == done["8254"]["interrupts"]
    assert later.interrupts[14] - books.interrupts[14] == done["ATA"]["interrupts"]
    reads, writes = (later.totals[name] - books.totals[name] for name in ("disk reads", "disk writes"))
    # a request may be under way while the CPU halts; smartd asks without reading or writing
    assert 0 <= done["ATA"]["reads"] + done["ATA"]["writes"] - reads - writes <= 1
    assert done["ATA"]["interrupts"] > reads + writes
    assert reads > 50
    assert writes > 20
    assert later.totals["disk errors"] == 0


def test_processes_survive_exceptions_by_signal(running: Guest) -> None:
    books = running.books()
    assert {vector for vector in range(32) if books.exceptions[vector]} == {0, 1, 3, 6, 7, 11, 12, 13, 14, 16}
    signals = sum(books.exceptions[vector] for vector in (0, 1, 3, 6, 11, 12, 13, 16))
    # besides these, crashme writes to the kernel; its other page faults bring memory in
    assert signals < books.totals["signals"] <= signals + running.processes()["crashme"].counts["faults"]
    assert "exception" not in running.console


def test_the_fpu_is_given_to_who_uses_it(fresh: Guest) -> None:
    """crashme alone does: each of its divisions finds the FPU withheld, and fails."""
    fresh.until(lambda: fresh.books().exceptions[16] >= 3)
    assert fresh.books().exceptions[7] == fresh.books().exceptions[16]


def test_a_process_draws_at_the_addresses_the_pc_has_for_its_screen(fresh: Guest) -> None:
    """The clock ticks with the machine's own, in the corner and by a heart in the first cell."""
    memory = fresh.machine.memory
    hearts = set()
    graphics = bytearray()
    for _ in range(4):
        fresh.machine.run_seconds(0.5)
        hearts.add(memory.read(0xB8000, 1))
        graphics = bytearray(memory.read(0xA0000, 16))
    assert hearts == {b"\x03", b" "}
    assert list(graphics[:3]) == [0, 1, 2]
    fresh.until(lambda: fresh.machine.screen()[0].endswith("00:00:04"), limit=4)
    assert 4 <= fresh.machine.seconds < 5.1


def test_no_page_is_both_writable_and_executable(running: Guest) -> None:
    text, text_end = running.symbols["text_start"], running.symbols["text_end"]
    roots = {task.name: task.root for task in running.tasks()}
    assert len({roots[name] for name in PROCESSES}) == len(PROCESSES)
    for name, root in roots.items():
        pages = {page.address: page.rights for page in running.pages(root)}
        user = {address for address, rights in pages.items() if rights & USER}
        assert all(rights & NO_EXECUTE or not rights & WRITE for rights in pages.values())
        assert all(address < 1 << 47 for address in user)
        assert bool(user) == (name in PROCESSES)
        executable = {address for address in pages if not pages[address] & NO_EXECUTE} - user
        assert {address | 0xFFFF << 48 for address in executable} == set(range(text, text_end, 4096))


def test_the_current_task_is_the_first_word_of_the_cpu_s_data(running: Guest) -> None:
    assert running.word(running.symbols["percpu"]) == running.symbols["process_table"]  # halted: the idle task


def interrupted_by_timer(guest: Guest) -> set[str]:
    """Processes that could go on but were made to give way by an interrupt: their saved stacks say so."""
    found = set()
    current = guest.word(guest.symbols["percpu"])
    for task in guest.tasks():
        if task.state != READY or task.address == current:
            continue
        frame = guest.word(task.rsp + 5 * 8)  # switch_to saved RBP above five registers
        schedule_caller = guest.symbols.describe(guest.word(frame + 8))
        if schedule_caller.partition("+")[0] == "trap":
            found.add(task.name)
    return found


def test_processes_are_preempted(fresh: Guest) -> None:
    seen: set[str] = set()

    def look() -> bool:
        seen.update(interrupted_by_timer(fresh))
        return len(seen) >= 2

    fresh.until(look)
    assert seen <= PROCESSES


def test_the_power_button_switches_the_machine_off() -> None:
    guest = Guest()
    try:
        guest.boot()
        guest.machine.press_power()
        guest.until(lambda: guest.machine.powered_off)
        assert guest.console.splitlines()[-2:] == ["power: button", "power: off"]
    finally:
        guest.machine.close()


def test_the_guest_does_the_same_again(running: Guest) -> None:
    again = Guest()
    try:
        again.machine.run_seconds(8)
        again.until_idle()
        assert again.machine.counters() == running.machine.counters()
        assert again.console == running.console
        assert again.books() == running.books()
    finally:
        again.machine.close()
