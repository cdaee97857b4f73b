# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the running program: `python -m vptop.screenshots DIRECTORY` (what `make screenshots` does).

The dashboard runs on the bundled guest without a terminal, is stopped at a given guest second, and goes through its
views. Everything seen is what the guest did.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from engine.vm.options import BootError, PowerOn
from vptop.cli.configuration import MachineOptions, SettingOptions, power_on
from vptop.cli.linux import ready
from vptop.export.picture import png, portable
from vptop.model.scriptfiles import bundled
from vptop.source.live import LiveSource
from vptop.ui.app import VptopApp
from vptop.ui.themes import DARK, LIGHT

SECONDS = 24
LARGE, SMALL = (120, 40), (80, 24)


@dataclass(frozen=True, slots=True)
class Picture:
    """What to press before a picture is taken."""

    name: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """One run of the dashboard, frozen at SECONDS, and the pictures taken of it one after the other."""

    size: tuple[int, int]
    pictures: tuple[Picture, ...]
    theme: str = DARK.name
    linux: bool = False
    """on a Linux kernel instead of the bundled guest"""


SCENES: tuple[Scene, ...] = (
    Scene(
        LARGE,
        (
            Picture("overview", ("1",)),
            Picture("aggregates", ("2", "a", "a", "a")),
            Picture("irq", ("3",)),
            Picture("irq-matrix", ("t", "t")),
            Picture("latency", ("4",)),
            Picture("latency-heat-map", ("tab", "z")),
            Picture("stacks", ("5",)),
            Picture("flame", ("T",)),
            Picture("probes", ("6",)),
            Picture("log", ("7", "a")),
            Picture("guest", ("9",)),
            Picture("diff", ("left_curly_bracket", "b", "right_curly_bracket", "2", "d")),
            Picture("help", ("d", "1", "question_mark")),
            Picture("editor", ("escape", "8", "ctrl+end", *"(vprobe Guest_IRQ (agg")),
        ),
    ),
    Scene(SMALL, (Picture("overview-80x24", ("1",)), Picture("editor-80x24", ("8",)))),
    Scene(LARGE, (Picture("overview-light", ("1",)),), LIGHT.name),
    Scene(LARGE, (Picture("overview-linux", ("1",)), Picture("irq-tree", ("3", "t"))), linux=True),
)


async def until(pilot: Pilot[None], done: Callable[[], bool]) -> None:
    """Let the program work until something is so; a minute is plenty for all of this."""
    async with asyncio.timeout(60):
        while not done():
            await pilot.pause(0.05)


async def take(scene: Scene, folder: Path) -> None:
    """Run the dashboard once and take its pictures."""
    scripts = bundled(linux=scene.linux)
    power = power_on(ready(MachineOptions()), SettingOptions()) if scene.linux else PowerOn()
    app = VptopApp(LiveSource({script.name: script.source for script in scripts}, power), scripts)
    async with app.run_test(size=scene.size) as pilot:
        app.theme = scene.theme
        timeline = app.session.timeline
        await until(pilot, lambda: timeline.shown is not None and timeline.shown.guest_seconds >= SECONDS)
        await pilot.press("space")
        for picture in scene.pictures:
            for key in picture.keys:
                await pilot.press(key)
            await pilot.pause(0.5)  # the editor checks its text when nothing was typed for a moment
            write(app.export_screenshot(title=f"vptop: {picture.name}"), folder / picture.name)


def write(svg: str, path: Path) -> None:
    """The picture as SVG and the same as PNG."""
    svg = portable(svg)
    path.with_suffix(".svg").write_text(svg, encoding="utf-8")
    path.with_suffix(".png").write_bytes(png(svg))


def main() -> None:
    """Take all pictures."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    for scene in SCENES:
        try:
            asyncio.run(take(scene, folder))
        except BootError as error:  # no kernel is installed, and none can be downloaded
            print(f"{', '.join(picture.name for picture in scene.pictures)}: not taken: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
