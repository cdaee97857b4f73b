# SPDX-License-Identifier: GPL-2.0-or-later
"""From a stack frame to the machine code of its function."""

from __future__ import annotations

from engine.guest.symbols import Symbols
from engine.vm.protocol import Reply
from tests.vptop.ui.driving import Driven, drive
from vptop.ui.views.code import CodePanel, CodeScreen

FUNCTION = 0xFFFFFFFF80001000
# PUSH RBP; 15 NOPs; JMP to the PUSH (Intel SDM, volume 2).
BYTES = b"\x55" + b"\x90" * 15 + b"\xeb\xee"


def test_the_code_of_a_frame_with_counts_and_back() -> None:
    async def test(d: Driven) -> None:
        d.app.session.set_symbols(Symbols([(FUNCTION, "T", "crunch"), (FUNCTION + len(BYTES), "T", "next")]))
        d.source.answer = Reply(1, ok=True, data=BYTES)
        await d.frames(4)
        await d.press("5", "slash")
        await d.type("crunch")
        await d.press("enter", "G", "m")
        await d.shows("code of crunch")
        await d.press("enter")
        await d.until(lambda: isinstance(d.app.screen, CodeScreen), "code")
        assert ("peek", f"{FUNCTION:#x}", str(len(BYTES))) in d.source.asked
        await d.shows("jmp 0xffffffff80001000  ; crunch")
        panel = d.app.screen.query_one(CodePanel)
        await d.press("x")
        await d.shows("Panel: CSV")
        await d.press("escape", "y")
        await d.shows("copied 17 rows of")
        first, *_, last = d.app.clipboard.splitlines()
        assert first.split("\t") == ["AT", "CALLS", "OFFSET", "BYTES", "INSTRUCTION"]
        assert last.split("\t") == ["160", "0", "+0x10", "eb ee", "jmp 0xffffffff80001000  ; crunch"]
        await d.press("end", "G", "enter")
        assert panel.cursor == 0
        sampled = next(line for line in d.screen().splitlines() if "+0x10" in line)
        assert sampled.split()[1] == str(4 * 40), "40 in each of four seconds"
        await d.press("escape")
        assert not isinstance(d.app.screen, CodeScreen)

    drive(test)


def test_memory_that_cannot_be_read_is_said() -> None:
    async def test(d: Driven) -> None:
        d.source.answer = Reply(1, ok=False, message="the machine is not running")
        await d.press("5", "i", "m")
        await d.shows("code of")
        await d.press("enter")
        await d.shows("cannot read the guest's memory: the machine is not running")

    drive(test)
