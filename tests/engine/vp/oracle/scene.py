# SPDX-License-Identifier: GPL-2.0-or-later
"""How a script is driven: memory, registers and firings, as the comments at the head of a corpus file state them.

    ;; fire: VMM1Hz x3              fire every probe of that name, three times
    ;; fire: Guest_PF ARG0=2 CR2=0x1000 cpu=1
    ;; register: RIP=0x1000 GSBASE=0xffff800000001000
    ;; map: 0xffff800000001000=0x9000   one 4 KiB page; the first of these turns on long mode
    ;; memory: 0x2000 = 01 02 "text" 0   bytes at a linear address
    ;; memory: 0x2000 = q:0x1234 q:-1    8 bytes each
    ;; bags: 64                     bytes all bags may take

Registers keep their values until another line sets them. Probes named VMX* and MAC_* fire outside of any VCPU.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.engine.vp.oracle.memory import Memory
from tests.engine.vp.oracle.reader import MASK
from tests.engine.vp.oracle.world import long_mode

RAM_BYTES = 1 << 20
VCPUS = 2
TSC_HZ = 1_000_000_000
"""What the core tells when no machine is attached; scenes do not choose it."""

_DIRECTIVE = re.compile(r";;\s*(fire|register|map|memory|bags):\s*(.*)")
_BYTES = re.compile(r'"([^"]*)"|q:(\S+)|([0-9a-fA-F]{1,2})(?:\s|$)')
_NON_VCPU = ("VMX", "MAC_")


@dataclass(frozen=True)
class Firing:
    """One firing of every probe of a name."""

    probe: str
    cpu: int = 0
    arguments: tuple[int, ...] = ()
    registers: tuple[tuple[str, int], ...] = ()


@dataclass
class Scene:
    """Everything outside of the script."""

    firings: list[Firing] = field(default_factory=list)
    registers: dict[str, int] = field(default_factory=dict)
    ram: bytearray = field(default_factory=lambda: bytearray(RAM_BYTES))
    bag_bytes: int | None = None


@dataclass
class Outcome:
    """What can be seen after a script was driven. Variables are those of VCPU 0."""

    log: bytes
    errors: list[str | None]
    """of each firing of each probe: the kind of the run-time error that ended it"""
    aggregates: dict[str, list[tuple[object, ...]]]
    """rows: integer keys, string keys, count, avg, min, max, latest"""
    integers: dict[str, int]
    strings: dict[str, bytes]


def _number(text: str) -> int:
    return int(text, 0) & MASK


def _settings(words: list[str]) -> dict[str, int]:
    return {name: _number(value) for name, _, value in (word.partition("=") for word in words)}


def _firings(text: str) -> list[Firing]:
    probe, *words = text.split()
    times = 1
    if words and re.fullmatch(r"x\d+", words[-1]):
        times = int(words.pop()[1:])
    settings = _settings(words)
    cpu = settings.pop("cpu", -1 if probe.startswith(_NON_VCPU) else 0)
    given = {int(name[3:]): value for name, value in settings.items() if re.fullmatch(r"ARG\d", name)}
    arguments = tuple(given.get(index, 0) for index in range(max(given, default=-1) + 1))
    registers = tuple((name, value) for name, value in settings.items() if not re.fullmatch(r"ARG\d", name))
    return [Firing(probe, cpu if cpu != MASK else -1, arguments, registers)] * times


def _bytes(text: str) -> bytes:
    out = bytearray()
    for match in _BYTES.finditer(text):
        if match[1] is not None:
            out += match[1].encode()
        elif match[2]:
            out += _number(match[2]).to_bytes(8, "little")
        else:
            out.append(int(match[3], 16))
    return bytes(out)


def parse_scene(source: str) -> Scene:
    """The scene that the comments of a corpus file describe."""
    scene, maps, memory = Scene(), {}, []
    for directive, text in _DIRECTIVE.findall(source):
        match directive:
            case "fire":
                scene.firings += _firings(text)
            case "register":
                scene.registers |= _settings(text.split())
            case "map":
                linear, physical = text.split("=")
                maps[_number(linear)] = _number(physical)
            case "memory":
                address, _, content = text.partition("=")
                memory.append((_number(address.strip()), _bytes(content)))
            case "bags":
                scene.bag_bytes = int(text)
    if maps:
        scene.registers = long_mode(scene.ram, maps) | scene.registers
    view = Memory(scene.ram, scene.registers)
    for address, content in memory:
        for offset, byte in enumerate(content):
            scene.ram[view.translate(address + offset)] = byte
    return scene
