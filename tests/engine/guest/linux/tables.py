# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel tables as the kernel's own build writes them, of a kernel small enough to read: for tests of their readers."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

TEXT = 0xFFFFFFFF81000000
PADDING = 64 * b"\xcc"

Symbol = tuple[int, str, str]


def symbols(count: int = 2600) -> list[Symbol]:
    """As many functions of 64 bytes, behind two per-CPU variables."""
    names = ("do", "read", "write", "tcp", "page", "fault", "sched", "alloc")
    functions = [
        (TEXT + 64 * index, "T" if index % 3 else "t", f"{names[index % 8]}_{names[index // 8 % 8]}.{index}")
        for index in range(count)
    ]
    return [(0, "A", "__per_cpu_start"), (0x1FB80, "D", "current_task"), *functions]


# --- kallsyms (scripts/kallsyms.c) ---


def tokens() -> list[str]:
    """A token table: characters that occur stand for themselves, the rest for pieces of names."""
    own = {ord(c) for c in "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_."}
    pieces = iter(f"{a}{b}" for a in "tdoreadwpgfu_" for b in "do_readwritcpgfulsh")
    return [chr(code) if code in own else next(pieces) for code in range(256)]


def compress(name: str, table: Sequence[str]) -> bytes:
    """A name as its length and indices of tokens, the longest first."""
    by_text = {text: index for index, text in enumerate(table)}
    out = bytearray()
    while name:
        token = next(name[:length] for length in (2, 1) if name[:length] in by_text)
        out.append(by_text[token])
        name = name[len(token) :]
    size = bytes([len(out)]) if len(out) < 128 else bytes([len(out) & 0x7F | 0x80, len(out) >> 7])
    return size + bytes(out)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 8)


def kallsyms(
    listed: Sequence[Symbol], *, since_6_4: bool, relative: bool, per_cpu: bool = True, seqs: bool = False
) -> bytes:
    """The tables in the order and form of one version and configuration."""
    table = tokens()
    names = [compress(kind + name, table) for _, kind, name in listed]
    offsets = [sum(map(len, names[:index])) for index in range(0, len(names), 256)]
    texts = [token.encode() + b"\0" for token in table]
    starts = [sum(map(len, texts[:index])) for index in range(256)]
    if relative:
        base = TEXT
        values = [
            struct.pack("<i", address if address < TEXT else base - 1 - address)
            if per_cpu
            else struct.pack("<I", address - base)
            for address, _, _ in listed
        ]
        addresses = padded(b"".join(values)) + struct.pack("<Q", base)
    else:
        addresses = b"".join(struct.pack("<Q", address) for address, _, _ in listed)
    sequence = padded(b"".join(struct.pack(">I", index)[1:] for index in range(len(listed)))) if seqs else b""
    head = struct.pack("<Q", len(listed)) + padded(b"".join(names)) + padded(struct.pack(f"<{len(offsets)}I", *offsets))
    token = padded(b"".join(texts)) + padded(struct.pack("<256H", *starts))
    order = (head, token, addresses, sequence) if since_6_4 else (addresses, head, sequence, token)
    return PADDING + b"".join(order) + PADDING


# --- BTF (Documentation/bpf/btf.rst) ---


@dataclass
class BtfWriter:
    """Types are numbered from 1 in the order in which they are added."""

    types: list[bytes] = field(default_factory=list)
    strings: bytearray = field(default_factory=lambda: bytearray(1))

    def name(self, text: str) -> int:
        if not text:
            return 0
        at = self.strings.find(b"\0" + text.encode() + b"\0")
        if at < 0:
            at = len(self.strings) - 1
            self.strings += text.encode() + b"\0"
        return at + 1

    def add(self, kind: int, name: str = "", word: int = 0, extra: bytes = b"", members: int = 0, flag: int = 0) -> int:
        info = flag << 31 | kind << 24 | members
        self.types.append(struct.pack("<III", self.name(name), info, word) + extra)
        return len(self.types)

    def integer(self, name: str, size: int, *, signed: bool = False) -> int:
        return self.add(1, name, size, struct.pack("<I", signed << 24 | size * 8))

    def pointer(self, target: int) -> int:
        return self.add(2, word=target)

    def array(self, element: int, count: int) -> int:
        return self.add(3, extra=struct.pack("<III", element, 0, count))

    def composite(self, name: str, size: int, members: Iterable[tuple[str, int, int]], *, kind: int = 4) -> int:
        """Members as (name, type, offset in bits)."""
        listed = [struct.pack("<III", self.name(text), of, at) for text, of, at in members]
        return self.add(kind, name, size, b"".join(listed), len(listed))

    def bit_fields(self, name: str, size: int, members: Iterable[tuple[str, int, int, int]]) -> int:
        """Members as (name, type, offset in bits, width in bits)."""
        listed = [struct.pack("<III", self.name(text), of, width << 24 | at) for text, of, at, width in members]
        return self.add(4, name, size, b"".join(listed), len(listed), flag=1)

    def section(self, name: str, variables: Iterable[tuple[str, int, int]]) -> int:
        """Variables as (name, type, offset in bytes)."""
        entries = [(self.add(14, text, of, struct.pack("<I", 1)), at) for text, of, at in variables]
        packed = [struct.pack("<III", number, at, 8) for number, at in entries]
        return self.add(15, name, 0, b"".join(packed), len(packed))

    def data(self) -> bytes:
        types = b"".join(self.types)
        header = struct.pack("<HBBIIIII", 0xEB9F, 1, 0, 24, 0, len(types), len(types), len(self.strings))
        return header + types + bytes(self.strings)


def small_types(*, since_6_4: bool = True, hot: bool = False) -> BtfWriter:
    """Tasks and modules, with bit-fields, anonymous members, arrays of structures, and a per-CPU section.

    Args:
        since_6_4: modules have an array of parts, not a core layout.
        hot: the running task is in `pcpu_hot`, as in Linux 6.2 to 6.14.
    """
    writer = BtfWriter()
    char, number = writer.integer("char", 1, signed=True), writer.integer("int", 4, signed=True)
    word = writer.integer("long unsigned int", 8)
    pid = writer.add(8, "pid_t", writer.add(10, word=number))
    name = writer.array(char, 16)
    flags = writer.bit_fields("", 4, [("in_execve", number, 0, 1), ("in_iowait", number, 1, 3)])
    ids = writer.composite("", 8, [("pid", pid, 0), ("tgid", pid, 32)])
    entity = writer.composite("sched_entity", 16, [("load", word, 0), ("vruntime", word, 64)])
    statistics = writer.array(entity, 2)
    arguments = writer.composite("", 16, [("arg_start", word, 0), ("arg_end", word, 64)])
    tree = writer.composite("maple_tree", 16, [("ma_flags", number, 0), ("ma_root", word, 64)])
    heap = [("start_brk", word, 320), ("brk", word, 384), ("start_stack", word, 448)]
    context = ("context", writer.composite("mm_context_t", 16, [("id", word, 0), ("vdso", word, 64)]), 512)
    mm_members = [("mm_count", number, 0), ("", arguments, 64), ("mm_mt", tree, 192), *heap, context]
    mm = writer.pointer(writer.composite("mm_struct", 80, mm_members))
    links = writer.composite("list_head", 16, [("next", word, 0), ("prev", word, 64)])
    task = len(writer.types) + 2
    parent = writer.pointer(task)
    members = [
        ("flags", number, 0),
        ("", flags, 32),
        ("", ids, 64),
        ("se", entity, 128),
        ("mm", mm, 256),
        ("real_parent", parent, 320),
        ("stats", statistics, 384),
        ("comm", name, 640),
        ("tasks", links, 768),
        ("group_leader", parent, 896),
    ]
    assert writer.composite("task_struct", 120, members) == task
    writer.add(8, "task_t", task)
    part = writer.composite("module_memory", 16, [("base", word, 0), ("size", number, 64)])
    parts = ("mem", writer.array(part, 2), 704) if since_6_4 else ("core_layout", part, 704)
    unwind = [("num_orcs", number, 0), ("orc_unwind_ip", word, 64), ("orc_unwind", word, 128)]
    module = [
        ("state", number, 0),
        ("list", links, 64),
        ("name", writer.array(char, 56), 192),
        parts,
        ("kallsyms", word, 960),
        ("arch", writer.composite("mod_arch_specific", 24, unwind), 1024),
    ]
    writer.composite("module", 152, module)
    writer.composite("mod_kallsyms", 24, [("symtab", word, 0), ("num_symtab", number, 64), ("strtab", word, 128)])
    mappings(writer, word)
    if hot:
        inner = writer.composite("", 64, [("current_task", parent, 0), ("cpu_number", number, 96)])
        per_cpu = [("pcpu_hot", writer.composite("pcpu_hot", 64, [("", inner, 0)]), 0x35000)]
    else:
        per_cpu = [("current_task", parent, 0x1FB80), ("cpu_number", number, 0x19160)]
    writer.section(".data..percpu", per_cpu)
    return writer


def mappings(writer: BtfWriter, word: int) -> None:
    """What a process has mapped: the nodes of its tree, a mapping, its file and the name of that."""
    for name, pivots in (("maple_range_64", 15), ("maple_arange_64", 9)):
        slot = 64 + 64 * pivots
        parts = [("pivot", writer.array(word, pivots), 64), ("slot", writer.array(word, pivots + 1), slot)]
        writer.composite(name, 256, parts)
    kinds = ("maple_dense", "maple_leaf_64", "maple_range_64", "maple_arange_64")
    values = b"".join(struct.pack("<II", writer.name(kind), value) for value, kind in enumerate(kinds))
    writer.add(6, "maple_type", 4, values, len(kinds))
    area = ("vm_start", "vm_end", "vm_pgoff", "vm_file", "vm_flags")
    writer.composite("vm_area_struct", 40, [(name, word, 64 * at) for at, name in enumerate(area)])
    path = writer.composite("path", 16, [("mnt", word, 0), ("dentry", word, 64)])
    writer.composite("file", 32, [("f_count", word, 0), ("f_mapping", word, 64), ("f_path", path, 128)])
    text = writer.composite("qstr", 16, [("hash_len", word, 0), ("name", word, 64)])
    writer.composite("dentry", 48, [("d_name", text, 256)])
    page_cache(writer, word)


def page_cache(writer: BtfWriter, word: int) -> None:
    """The contents of a file: its size, and a tree of pages with 16 slots in a node."""
    pages = writer.composite("xarray", 16, [("xa_flags", word, 0), ("xa_head", word, 64)])
    writer.composite("address_space", 24, [("host", word, 0), ("i_pages", pages, 64)])
    writer.composite("inode", 16, [("i_mode", word, 0), ("i_size", word, 64)])
    slots = writer.array(word, 16)
    writer.composite("xa_node", 136, [("shift", writer.integer("unsigned char", 1), 0), ("slots", slots, 64)])
    writer.composite("page", 64, [("flags", word, 0)])
