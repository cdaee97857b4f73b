# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the pages of the script library: `python -m tests.linux.pages docs/scripts` (`make script-pages`)."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from engine import VirtualMachine
from tests.linux import kernels
from tests.linux.conftest import run_until
from tests.linux.work import DISK_BYTES, WORK
from vptop.model.library import LibraryScript, library

BOOT_SECONDS, SECONDS, ROWS = 2, 3, 10


def sample(vm: VirtualMachine, script: LibraryScript, seconds: float = SECONDS) -> str:
    """What a script printed at the end of the last whole second, some rows of each aggregate."""
    loaded = vm.load(Path(script.path).read_text("utf-8"), f"{script.name}.vp")
    try:
        printed = [frame.log for frame in vm.frames(seconds) if frame.log]
        if vm.latest.errors:
            raise SystemExit(f"{script.name}: {vm.latest.errors[0].message}")
    finally:
        loaded.unload()
    blocks = re.split(r"^(?=aggr: )", max(printed, key=lambda log: log.count("aggr: ")), flags=re.MULTILINE)
    return "".join(_cut(block) for block in blocks if block)


def _cut(block: str) -> str:
    lines = block.splitlines(keepends=True)
    more = len(lines) - 1 - ROWS
    return "".join(lines[: ROWS + 1]) + (f"  ... {more} more rows\n" if more > 0 else "")


def page(script: LibraryScript, guest: str, output: str) -> str:
    """The page of one script."""
    where = "Any guest." if script.guest == "any" else "Linux, by the symbols of its kernel."
    source = Path(script.path).read_text("utf-8")
    return (
        f"# {script.name}: {script.question}\n\n{where} Load it by its name: `vptop run {script.name}`.\n\n"
        f"```vp\n{source}```\n\nA second of {guest}:\n\n```\n{output}```\n"
    )


def index(scripts: list[LibraryScript]) -> str:
    """The list of all pages."""
    rows = "".join(f"| [{one.name}]({one.name}.md) | {one.guest} | {one.question} |\n" for one in scripts)
    return (
        f"# Ready scripts\n\n`vptop scripts` lists them.\n\n| Script | Guest | Question |\n| --- | --- | --- |\n{rows}"
    )


def write(folder: Path) -> None:
    """Run every script on its guest and write its page."""
    folder.mkdir(parents=True, exist_ok=True)
    scripts = library()
    kernel = next(path for path in kernels.kernels() if "cloud" in path.name)
    with tempfile.TemporaryDirectory() as name:
        disk, ram = Path(name) / "disk.img", Path(name) / "initrd.img"
        disk.write_bytes(bytes(DISK_BYTES))
        ram.write_bytes(kernels.userland(WORK))
        with VirtualMachine.linux(kernel, ram, disk=disk, append="quiet") as linux, VirtualMachine.bundled() as bundled:
            run_until(linux, "READY")
            bundled.run(BOOT_SECONDS)
            for script in scripts:
                vm = bundled if script.guest == "any" else linux
                (folder / f"{script.name}.md").write_text(page(script, vm.guest.name, sample(vm, script)), "utf-8")
    (folder / "README.md").write_text(index(scripts), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
