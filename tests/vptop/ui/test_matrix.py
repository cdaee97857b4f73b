# SPDX-License-Identifier: GPL-2.0-or-later
"""Every view in every state of the program, size of the terminal and theme."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.segment import Segment

from engine.probes.frame import ScriptState
from engine.vm.client import Gone
from engine.vm.past.messages import View
from engine.vm.protocol import FrameMessage, Hello, Reply
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import SCRIPTS
from tests.vptop.ui.hostile import HOSTILE, LONG, SYMBOLS, hostile
from tests.vptop.ui.test_asking import KEPT
from vptop.ui.themes import THEMES
from vptop.ui.views import VIEWS

SIZES = ((160, 50), (120, 40), (80, 24), (60, 20), (40, 10))
NO_COLOR = "NO_COLOR"
PAINTS = (*(theme.name for theme in THEMES), "ansi-dark", NO_COLOR)
PAIRS = [(SIZES[n % len(SIZES)], PAINTS[n % len(PAINTS)]) for n in range(max(len(SIZES), len(PAINTS)))]
"""Each size and each theme: what is drawn where does not depend on colours, nor the colours on the size."""


async def live(d: Driven) -> None:
    await d.frames(4)


async def frozen(d: Driven) -> None:
    await d.press("space")
    await d.frames(5)


async def scrubbed(d: Driven) -> None:
    await d.press("left_square_bracket")


async def compared(d: Driven) -> None:
    await d.press("space", "b", "d")


async def broken(d: Driven) -> None:
    d.app.say("careful", "error")
    d.source.send(FrameMessage(hostile(6)))


async def ended(d: Driven) -> None:
    d.source.die()


STATES: tuple[Callable[[Driven], Awaitable[None]], ...] = (live, frozen, scrubbed, compared, broken, ended)
"""In this order, one after the other, in one run of the program."""


def segments(d: Driven) -> list[list[Segment]]:
    """What is on screen, with its styles."""
    return [list(strip) for strip in d.app.screen._compositor.render_strips()]


def check(d: Driven, size: tuple[int, int]) -> None:
    """Each line is as wide as the screen, and nothing that moves a cursor or hides text is in it."""
    lines = d.screen().split("\n")
    assert [cell_len(line) for line in lines] == [size[0]] * size[1]
    assert not [char for line in lines for char in line if unicodedata.category(char) in ("Cc", "Cf")]


def grey(segment: Segment) -> bool:
    """A segment has no colour, or one between black and white."""
    colors = (segment.style.color, segment.style.bgcolor) if segment.style else ()
    return all(len(set(color.get_truecolor())) == 1 for color in colors if color is not None)


async def every_view(d: Driven, state: Callable[[Driven], Awaitable[None]], verify: Callable[[], None]) -> None:
    await state(d)
    await d.pilot.pause()
    for view in VIEWS:
        d.app.show_view(view.id)
        await d.pilot.pause()
        verify()


@pytest.mark.parametrize(("size", "paint"), PAIRS, ids=lambda it: it if isinstance(it, str) else "{}x{}".format(*it))
def test_every_state_and_view(size: tuple[int, int], paint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if paint == NO_COLOR:
        monkeypatch.setenv(NO_COLOR, "1")

    async def test(d: Driven) -> None:
        def verify() -> None:
            check(d, size)
            if paint == NO_COLOR:
                assert [segment for line in segments(d) for segment in line if not grey(segment)] == []

        if paint != NO_COLOR:
            d.app.theme = paint
        for state in STATES:
            await every_view(d, state, verify)

    drive(test, size)


HOSTILE_PLACES = {
    "aggregates": ("m", "Y"),
    "irq": ("enter",),
    "stacks": ("M",),
}
"""Keys that open a dialog over text of the guest, or say some of it, by view."""


def test_text_of_the_guest_is_harmless_in_dialogs_messages_and_banner() -> None:
    size = (80, 24)

    async def test(d: Driven) -> None:
        async def opened(key: str) -> None:
            await d.press(key)
            if key == "M":
                await d.until(lambda: d.source.question is not None)
                view = View(6 * 10**9, 7, hostile(6), ((0x1000,),), HOSTILE, 7, places=((LONG,),), note=LONG)
                d.source.reply(Reply(1, ok=True, past=view))
                await d.until(lambda: "block 7" in d.screen())
            check(d, size)
            while len(d.app.screen_stack) > 1:
                d.app.pop_screen()
                await d.pilot.pause()
            await d.press("escape")

        d.source.send(Hello(1, LONG, 1, 1 << 27, 10**9, "", {HOSTILE: "; x", **SCRIPTS}, vectors={32: LONG}))
        d.source.send(KEPT)
        d.source.answer = Reply(1, ok=False, message=LONG)
        for second in (4, 5):
            d.source.send(FrameMessage(hostile(second)))
        d.source.send(FrameMessage(replace(hostile(6), scripts=(ScriptState(HOSTILE, 2, ()),))))
        await d.pilot.pause()
        d.app.session.set_symbols(SYMBOLS)
        d.source.notice("error", LONG)
        await d.pilot.pause()
        check(d, size)
        for view, keys in HOSTILE_PLACES.items():
            for key in keys:
                d.app.show_view(view)
                await d.pilot.pause()
                await opened(key)
        d.source.send(Gone(LONG, LONG))
        await d.pilot.pause()
        check(d, size)
        assert "[bold]x[/bold]" in d.screen()

    drive(test, size)
