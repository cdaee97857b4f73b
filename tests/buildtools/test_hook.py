# SPDX-License-Identifier: GPL-2.0-or-later
"""The wheel: its tag, the glibc that it needs, and that it runs where nothing but Python is installed."""

from __future__ import annotations

import platform
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from buildtools.core import GLIBC

ROOT = Path(__file__).parents[2]
OLDEST = (3, 11)
LIMIT = 300


def output_of(*command: str | Path) -> str:
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True, timeout=LIMIT).stdout


def newest() -> Path:
    """The newest Python beside this one (as pyenv installs them), or on the search path."""
    found = {sys.version_info[:2]: Path(sys.executable)}
    beside = sorted(Path(sys.base_prefix).parent.glob("3.*/bin/python3"))
    for candidate in [*beside, *(Path(f"/usr/bin/python3.{minor}") for minor in range(OLDEST[1], 30))]:
        try:
            major, minor = output_of(candidate, "-c", "import sys; print(*sys.version_info[:2])").split()
        except (OSError, subprocess.CalledProcessError):
            continue
        found.setdefault((int(major), int(minor)), candidate)
    return found[max(found)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    output_of(sys.executable, "-m", "pip", "wheel", ROOT, "--no-deps", "--no-build-isolation", "-q", "-w", folder)
    (found,) = folder.glob("*.whl")
    return found


def test_the_tag_names_no_python_version(wheel: Path) -> None:
    assert wheel.name.endswith(f"-py3-none-manylinux_{GLIBC.replace('.', '_')}_{platform.machine()}.whl")


def test_auditwheel_finds_no_newer_glibc_than_the_tag_promises(wheel: Path) -> None:
    shown = output_of(sys.executable, "-m", "auditwheel", "show", wheel)
    needed = [int(word.split("_")[2]) for word in shown.replace('"', " ").split() if word.startswith("manylinux_2_")]
    assert needed, shown
    assert max(needed) <= int(GLIBC.split(".")[1])


def test_it_holds_what_runs_and_what_types_need(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= {
        "engine/core/libvpcore.so",
        "engine/core/declarations.py",
        "engine/core/src/include/opcodes.h",
        "engine/guest/bundled/disk.img",
        "engine/machine/bios/bios.bin",
        "engine/py.typed",
        "vptop/py.typed",
    }
    assert not [name for name in names if name.startswith(("tests/", "buildtools/"))]


SCRIPT = '(vprobe VMM1Hz (printf "second\\n"))\n'


def test_it_installs_and_runs_where_there_is_nothing_but_the_newest_python(wheel: Path, tmp_path: Path) -> None:
    output_of(newest(), "-m", "venv", "--without-pip", tmp_path / "venv")
    programs = tmp_path / "venv" / "bin"
    pip = sys.executable, "-m", "pip", "--python", programs / "python"
    output_of(*pip, "install", "-q", "--disable-pip-version-check", "--no-compile", wheel)
    script = tmp_path / "hello.vp"
    script.write_text(SCRIPT)
    assert output_of(programs / "vptop", "run", "--seconds", "2", script).splitlines() == ["second"] * 2


def test_its_files_alone_run_on_this_python(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "wheel")
    (tmp_path / "hello.vp").write_text(SCRIPT)
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "vptop", "run", "--seconds", "2", "hello.vp"],
        env={"PYTHONPATH": str(tmp_path / "wheel"), "PATH": "", "HOME": str(tmp_path)},
        cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT, check=True,
    )  # fmt: skip
    assert ended.stdout.splitlines() == ["second"] * 2
