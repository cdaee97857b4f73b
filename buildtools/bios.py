# SPDX-License-Identifier: GPL-2.0-or-later
"""The BIOS services: C compiled for 32 bits, assembled for real mode (.code16gcc), linked for segment 0xf000."""

from __future__ import annotations

from pathlib import Path

from buildtools.toolchain import CC, ROOT, WORK, ZIG, Target, run, sources_in

FOLDER = ROOT / "engine" / "machine" / "bios"
IMAGE = FOLDER / "bios.bin"
FLAGS = (
    "-target",
    "x86-freestanding-none",
    "-mcpu=i386",
    "-std=gnu11",
    "-Os",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-unused-command-line-argument",  # zig adds -c to -S
    "-ffreestanding",
    "-fno-builtin",
    "-fno-pic",
    "-fno-jump-tables",
    "-fno-stack-protector",
    "-fno-sanitize=all",
    "-fno-asynchronous-unwind-tables",
    "-fomit-frame-pointer",
)


def _assembly(source: Path, work: Path) -> Path:
    """A C file as real-mode assembler; an assembler file as it is."""
    if source.suffix == ".S":
        return source
    output = work / f"{source.stem}.S"
    run([*CC, *FLAGS, "-S", "-o", str(output), str(source)])
    output.write_text(".code16gcc\n" + output.read_text())
    return output


def _make() -> None:
    work = WORK / "bios"
    work.mkdir(parents=True, exist_ok=True)
    objects = []
    for source in sources_in(FOLDER, ".c", ".S"):
        objects.append(str(work / f"{source.stem}.o"))
        run([*CC, *FLAGS, "-c", "-o", objects[-1], str(_assembly(source, work))])
    layout = ["-T", str(FOLDER / "bios.ld"), "--entry=vectors", "--oformat", "binary"]
    run([*ZIG, "ld.lld", "-m", "elf_i386", *layout, "-o", str(IMAGE), *objects])


BIOS = Target("bios", (IMAGE,), tuple(sources_in(FOLDER, ".c", ".h", ".S", ".ld")), FLAGS, _make)
