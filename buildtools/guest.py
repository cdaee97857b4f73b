# SPDX-License-Identifier: GPL-2.0-or-later
"""The bundled guest, from the sources in guestimg/.

Writes disk.img (boot sector, kernel with the programs inside it, data area) and kernel.sym, the symbols of the kernel
and of every program in the format of /proc/kallsyms. The same sources give the same bytes.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import Section, SymbolTableSection

from buildtools.toolchain import CC, ROOT, Target, run, sources_in

HERE = ROOT / "guestimg"
OUTPUT = ROOT / "engine" / "guest" / "bundled"
FLAGS = ["-target", "x86_64-freestanding-none", "-O2", "-ffreestanding", "-nostdlib", "-static", "-fno-pie", "-fno-pic",
         "-fno-builtin", "-fno-omit-frame-pointer", "-mno-omit-leaf-frame-pointer", "-fno-optimize-sibling-calls",
         "-mllvm", "-enable-shrink-wrap=false",  # frames from the first instruction on
         "-fno-stack-protector", "-fno-sanitize=all", "-fno-asynchronous-unwind-tables", "-fno-unroll-loops",
         "-fno-vectorize", "-fno-slp-vectorize", "-mno-red-zone", "-mno-sse", "-mno-sse2", "-mno-mmx",
         "-msoft-float", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wl,--build-id=none", "-Wl,-z,norelro",
         "-Wl,-z,max-page-size=4096"]  # fmt: skip
KERNEL_FLAGS = ["-mcmodel=kernel", "-Wl,--entry=start"]
SECTOR = 512
DISK_BYTES = 10 << 20
DATA_FIRST = 4096
FIRST_BASE = 0x400000
BASE_STEP = 0x100000
PROGRAMS = ("cruncher", "postgres", "tar", "syslogd", "cc1", "lisp", "sshd", "cron", "httpd", "crashme",
            "smartd", "acpid", "clock", "netd")  # fmt: skip
PROGRAM_SCRIPT = """
ENTRY(_start)
SECTIONS
{{
    . = {base:#x};
    .text : {{ *(.text .text.*) }}
    . = ALIGN(4096);
    text_end = .;
    .data : {{ *(.rodata .rodata.*) *(.data .data.*) }}
    image_end = .;
    .bss : {{ *(.bss .bss.* COMMON) }}
    . = ALIGN(4096);
    total_end = .;
    /DISCARD/ : {{ *(.comment) *(.eh_frame*) *(.note*) }}
}}
"""


@dataclass(frozen=True)
class Elf:
    """A linked 64-bit ELF file: loadable bytes by address, and symbols."""

    segments: tuple[tuple[int, bytes], ...]
    """address, bytes in the file"""
    symbols: tuple[tuple[int, str, str], ...]
    """address, nm letter, name"""
    entry: int

    def flat(self, base: int) -> bytes:
        """What memory holds from `base` on, without the bss (and without ELF headers linked before it)."""
        image = bytearray()
        for address, data in sorted(self.segments):
            kept = data[max(0, base - address) :]
            if kept:
                image.extend(b"\0" * (max(address, base) - base - len(image)))
                image.extend(kept)
        return bytes(image)

    def address(self, name: str) -> int:
        """Address of a symbol."""
        return next(address for address, _, symbol in self.symbols if symbol == name)


def read_elf(path: Path) -> Elf:
    """Read loadable segments and the symbol table."""
    with path.open("rb") as file:
        elf = ELFFile(file)
        segments = tuple((part["p_vaddr"], part.data()) for part in elf.iter_segments("PT_LOAD"))
        return Elf(segments, tuple(_symbols(elf)), elf["e_entry"])


def _symbols(elf: ELFFile) -> Iterator[tuple[int, str, str]]:
    """Named functions, objects and labels that a section of the file holds."""
    table = elf.get_section_by_name(".symtab")
    if not isinstance(table, SymbolTableSection):
        raise TypeError("the linker wrote no symbol table")
    for symbol in table.iter_symbols():
        section, info = symbol["st_shndx"], symbol["st_info"]
        if symbol.name and isinstance(section, int) and info["type"] in {"STT_NOTYPE", "STT_OBJECT", "STT_FUNC"}:
            letter = _letter(elf.get_section(section))
            yield symbol["st_value"], letter if info["bind"] == "STB_LOCAL" else letter.upper(), symbol.name


def _letter(section: Section) -> str:
    """How nm shows a local symbol of a section: code, zeroes, data or constants."""
    if section["sh_flags"] & SH_FLAGS.SHF_EXECINSTR:
        return "t"
    if section["sh_type"] == "SHT_NOBITS":
        return "b"
    return "d" if section["sh_flags"] & SH_FLAGS.SHF_WRITE else "r"


def compile_elf(output: Path, sources: list[Path], script: Path, extra: list[str]) -> Elf:
    """Compile and link in one go."""
    run([*CC, *FLAGS, *extra, "-Wl,-T," + str(script), "-o", str(output), *map(str, sources)], cwd=HERE)
    return read_elf(output)


def program_sources(name: str) -> list[Path]:
    """A program is a file, or a folder of files."""
    single = HERE / "programs" / f"{name}.c"
    return [single] if single.exists() else sorted((HERE / "programs" / name).glob("*.c"))


def build_program(index: int, name: str, work: Path) -> tuple[Elf, list[str]]:
    """One user program at its own base; its ELF, and the rows of assembler that put it into the kernel."""
    base = FIRST_BASE + index * BASE_STEP
    script = work / f"{name}.ld"
    script.write_text(PROGRAM_SCRIPT.format(base=base))
    elf = compile_elf(work / f"{name}.elf", program_sources(name), script, [])
    image = elf.flat(base)
    (work / f"{name}.bin").write_bytes(image)
    rows = [
        f"    .quad name_{name}, image_{name}, {base:#x}, {elf.address('text_end') - base:#x}",
        f"    .quad {len(image):#x}, {elf.address('total_end') - base:#x}, {elf.entry:#x}",
    ]
    return elf, rows


def write_table(rows: list[str], work: Path) -> Path:
    """The table `programs` of kernel.h, in assembler, with the images beside it."""
    lines = ['    .section .rodata, "a"', "    .balign 8", "    .globl programs, program_count", "programs:", *rows]
    lines += ["program_count:", f"    .quad {len(PROGRAMS)}"]
    for name in PROGRAMS:
        lines += [
            f"name_{name}:",
            f'    .asciz "{name}"',
            "    .balign 16",
            f"image_{name}:",
            f'    .incbin "{work}/{name}.bin"',
        ]
    table = work / "programs.S"
    table.write_text("\n".join(lines) + "\n")
    return table


def data_area(size: int) -> bytes:
    """A pattern that tells each sector: its number, repeated."""
    return b"".join(struct.pack("<I", DATA_FIRST + index) * (SECTOR // 4) for index in range(size // SECTOR))


def symbol_lines(elfs: list[tuple[str, Elf]]) -> list[str]:
    """Sorted lines of kernel.sym; symbols of programs carry their program's name in brackets, as modules do."""
    rows = set()
    for module, elf in elfs:
        for address, letter, name in elf.symbols:
            if name.endswith("_end") and module:
                continue
            rows.add((address, letter, name + (f"\t[{module}]" if module else "")))
    return [f"{address:016x} {letter} {name}" for address, letter, name in sorted(rows)]


def build(output: Path) -> None:
    """Build everything into a folder."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        programs = [build_program(index, name, work) for index, name in enumerate(PROGRAMS)]
        table = write_table([row for _, rows in programs for row in rows], work)
        sources = [*sorted((HERE / "kernel").glob("*.c")), HERE / "kernel" / "entry.S", table]
        kernel = compile_elf(work / "kernel.elf", sources, HERE / "kernel" / "kernel.ld", KERNEL_FLAGS)
        boot = compile_elf(
            work / "boot.elf", [HERE / "kernel" / "boot.S"], HERE / "kernel" / "boot.ld", ["-Wl,--entry=boot"]
        )
    image = kernel.flat(kernel.address("text_start"))
    sectors = -(-len(image) // SECTOR)
    if sectors + 1 > DATA_FIRST:
        raise SystemExit(f"the kernel is {sectors} sectors long, more than fit before the data area")
    disk = bytearray(boot.flat(0x7C00))
    struct.pack_into("<I", disk, boot.address("kernel_sectors") - 0x7C00, sectors)
    disk += image
    disk += b"\0" * (DATA_FIRST * SECTOR - len(disk))
    disk += data_area(DISK_BYTES - len(disk))
    output.mkdir(parents=True, exist_ok=True)
    (output / "disk.img").write_bytes(disk)
    elfs = [("", kernel), *((name, elf) for name, (elf, _) in zip(PROGRAMS, programs, strict=True))]
    (output / "kernel.sym").write_text("\n".join(symbol_lines(elfs)) + "\n")


GUEST = Target(
    "guest",
    (OUTPUT / "disk.img", OUTPUT / "kernel.sym"),
    tuple(sources_in(HERE, ".c", ".h", ".S", ".ld")),
    (),
    lambda: build(OUTPUT),
)
