# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a busybox is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.linux import cache
from engine.vm.linux.busybox import find_busybox
from engine.vm.options import BootError
from tests.engine.vm.linux.packages import program


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system with nothing in PATH and an empty cache."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(cache, "directory", lambda: tmp_path / "cache")
    (tmp_path / "bin").mkdir()
    return tmp_path


def put(path: Path, data: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o755)
    return str(path)


def test_the_one_that_is_named(system: Path) -> None:
    name = put(system / "mine", program())
    assert find_busybox(name) == (name, program())
    dynamic = put(system / "other", program(interpreter=True))
    with pytest.raises(BootError, match="linked dynamically"):
        find_busybox(dynamic)
    with pytest.raises(BootError, match="No such file"):
        find_busybox(str(system / "none"))


def test_a_static_one_that_is_installed(system: Path) -> None:
    put(system / "bin/busybox", program(interpreter=True))
    name = put(system / "bin/busybox.static", program())
    assert find_busybox()[0] == name


def test_one_in_the_cache(system: Path) -> None:
    name = put(system / "cache/busybox-static_1.35/bin/busybox", program())
    assert find_busybox()[0] == name


def test_none_at_all(system: Path) -> None:
    with pytest.raises(BootError, match=r"no static busybox found.*vptop guest linux.*--busybox.*--initrd"):
        find_busybox()
