# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest speed against bare Unicorn, and what one firing costs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from unicorn.unicorn_py3.unicorn import Uc
from unicorn.x86_const import UC_X86_REG_EAX, UC_X86_REG_EBX, UC_X86_REG_ECX

from tests.bench import loop
from tests.bench.measure import heading, in_processes, interleaved, row

ROUNDS = 1_500_000
FIRINGS = 100_000
TURNS, PROCESSES = 3, 8
IDLE = (1, 8, 32)


def speed() -> None:
    """The guest with no script, and with one loaded and unloaded, against bare Unicorn; probes that never fire."""
    heading("guest speed (bare Unicorn = 1)")
    best = in_processes(_times, PROCESSES)
    for name, text in (("none", "no script"), ("unloaded", "a script loaded and unloaded")):
        against = best["blocks"] / best[name]
        row(f"{text}, against a native block counter", f"{against:.3f}", ">= 1.05", against >= 1.05)
        against = best["bare"] / best[name]
        row(f"{text}, against no hook at all", f"{against:.3f}", ">= 0.93", against >= 0.93)
    for count in IDLE:
        against = best["none"] / best[f"idle {count}"]
        row(f"{count} probes that never fire, against no script", f"{against:.3f}", "1", against >= 0.97)


def _times() -> dict[str, float]:
    idle = {count: "\n".join(f"(vprobe GUEST:{0x100000 + i:#x} 0)" for i in range(count)) for count in IDLE}
    script = "(defaggr a 1 0)\n(vprobe GUEST:0x7d80 (aggr a (RIP) () 1))"
    return interleaved(
        {
            "bare": lambda: loop.bare(ROUNDS),
            "blocks": lambda: loop.bare(ROUNDS, loop.block_counter),
            "none": lambda: loop.ours(ROUNDS),
            "unloaded": lambda: loop.ours(ROUNDS, script, unload=True),
            **{f"idle {count}": _idle(source) for count, source in idle.items()},
        },
        TURNS,
    )


def _idle(source: str) -> Callable[[], float]:
    return lambda: loop.ours(ROUNDS, source)


@dataclass(frozen=True)
class Work:
    """The same work as a script and as the body of a Python hook."""

    name: str
    script: str
    body: Callable[[Uc, int], None]


COUNTS: Counter[int] = Counter()
NAMES: dict[tuple[int, bytes], int] = defaultdict(int)
LINES: list[str] = []


def _count(uc: Uc, address: int) -> None:
    COUNTS[address] += 1


def _process(uc: Uc, address: int) -> None:
    task = int.from_bytes(uc.mem_read(0x300000, 8), "little")
    name = bytes(uc.mem_read(0x1000 + task, 16)).split(b"\0", 1)[0]
    NAMES[0, name] += 1


def _expression(uc: Uc, address: int) -> None:
    a, b, c = uc.reg_read(UC_X86_REG_EAX), uc.reg_read(UC_X86_REG_EBX), uc.reg_read(UC_X86_REG_ECX)
    value = ((((a + b) * 3 ^ c) & 0xFFFF) + (a >> 3) - (b << 2)) | (c & 7)
    value = (value + (a & b) - (b & c) + (a ^ c) * 5 >> 1) & 0xFFFFFFFFFFFFFFFF
    COUNTS[0] = (value + (a | 1) - (b & 3) ^ (c + 9)) & 0xFFFFFFFFFFFFFFFF


def _print(uc: Uc, address: int) -> None:
    LINES.append(f"RIP is {address:#x}, RAX {uc.reg_read(UC_X86_REG_EAX):d}\n")
    if len(LINES) > 10_000:
        LINES.clear()


WORKS = (
    Work("(aggr a (RIP) () 1)", "(defaggr a 1 0)\n(vprobe GUEST:0x7d80 (aggr a (RIP) () 1))", _count),
    Work(
        "vptop.vp's probe with curprocname",
        """(defaggr running 1 1)
(defstring name)
(defun curprocname () (getgueststr name 15 (+ 0x1000 (getguest 0x300000))) name)
(vprobe GUEST:0x7d80 (aggr running (ARG0) ((curprocname)) 1))""",
        _process,
    ),
    Work(
        "an expression of 20 operators",
        """(definteger x)
(vprobe GUEST:0x7d80
  (setint x (| (- (+ (& (^ (* (+ RAX RBX) 3) RCX) 0xffff) (>> RAX 3)) (<< RBX 2)) (& RCX 7)))
  (setint x (^ (- (+
    (>> (+ (- (+ x (& RAX RBX)) (& RBX RCX)) (* (^ RAX RCX) 5)) 1) (| RAX 1)) (& RBX 3)) (+ RCX 9))))""",
        _expression,
    ),
    Work("printf", '(vprobe GUEST:0x7d80 (printf "RIP is 0x%x, RAX %d\\n" RIP RAX))', _print),
)


def firings() -> None:
    """One firing at a probed function, over a native hook there, and against a Python hook that does the same."""
    heading("one firing at a hot guest function (nanoseconds; ratio to a Python Unicorn hook doing the same)")
    candidates: dict[str, Callable[[], float]] = {
        "bare": lambda: loop.bare(ROUNDS),
        "bare few": lambda: loop.bare(FIRINGS),
        "native": lambda: loop.bare(ROUNDS, loop.hot_counter),
        "ours": lambda: loop.ours(ROUNDS),
    }
    for work in WORKS:
        candidates[work.name] = _script(work.script)
        candidates["python " + work.name] = _python(work.body)
    best = interleaved(candidates, 5)
    native = (best["native"] - best["bare"]) / ROUNDS * 1e9
    row("a native hook that counts", f"{native:.1f} ns")
    for number, work in enumerate(WORKS):
        mine = (best[work.name] - best["ours"]) / ROUNDS * 1e9
        python = (best["python " + work.name] - best["bare few"]) / FIRINGS * 1e9
        ratio = mine / python
        budget, met = ("<= 0.100", ratio <= 0.1) if number == 0 else ("", None)
        row(f"{work.name}: {mine:.0f} ns, in Python {python:.0f} ns", f"{ratio:.3f}", budget, met)
        if number == 0:
            row("  over the native hook", f"{mine - native:.1f} ns", "<= 20 ns", mine - native <= 20)


def _script(source: str) -> Callable[[], float]:
    return lambda: loop.ours(ROUNDS, source)


def _python(body: Callable[[Uc, int], None]) -> Callable[[], float]:
    return lambda: loop.bare(FIRINGS, loop.in_python(body))


if __name__ == "__main__":
    speed()
    firings()
