# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the running program."""

from __future__ import annotations

import asyncio
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from vptop import screenshots
from vptop.screenshots import SCENES, Picture, Scene, take

PNG = b"\x89PNG\r\n\x1a\n"


def test_a_picture_is_taken_of_the_running_guest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screenshots, "SECONDS", 1)
    asyncio.run(take(Scene((80, 24), (Picture("irq", ("3",)),)), tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["irq.png", "irq.svg"]
    assert (tmp_path / "irq.png").read_bytes().startswith(PNG)
    text = "".join(ET.parse(tmp_path / "irq.svg").getroot().itertext()).replace("\xa0", " ")
    assert "vptop: irq" in text
    assert "IRQ top by process" in text
    assert "cruncher" in text


def test_each_picture_has_a_name_of_its_own() -> None:
    names = [picture.name for scene in SCENES for picture in scene.pictures]
    assert len(names) == len(set(names))
