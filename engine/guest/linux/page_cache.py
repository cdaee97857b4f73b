# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of a Linux guest as far as they are in its memory: what its page cache holds of them.

The pages of a file are in an XArray (struct address_space, include/linux/xarray.h): a tree whose nodes have 64 slots.
An entry is the address of a node, plus 2, in a node or at the root; or that of a struct page, which stands for one page
or for as many as a slot has indices. What else there is, such as marks of pages that were evicted, is no page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct

from engine.guest.linux.btf import BtfError
from engine.guest.linux.kernel import Kernel, Read
from engine.guest.linux.layout import LayoutError, layout

PAGE = 4096
MOST_BYTES = 64 << 20
"""What is looked at of a file; one with more is cut off there."""
UNKNOWN = b"\1"
"""What pages are filled with that are not in memory: no text, and as a number larger than any offset in a file."""
_WORD = Struct("<Q")
_KIND, _NODE, _POINTER = 3, 2, 0
"""The low bits of an entry, and what they say."""
_LEAST_ADDRESS = 1 << 63
_FAN_OUTS = (16, 64)
"""Slots of a node (XA_CHUNK_SIZE)."""
_MOST_PAGES = MOST_BYTES // PAGE
_MOST_FRAMES = 1 << 40
"""of physical memory (52 bits of address)"""
_ADDRESS = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class CachedFile:
    """A file.

    Attributes:
        data: as long as the file, or MOST_BYTES; UNKNOWN where a page is not in memory.
        missing: how many pages are not in memory.
    """

    data: bytearray
    missing: int


class PageCache:
    """The page cache of a kernel with type information."""

    def __init__(self, kernel: Kernel) -> None:
        """Find out how this kernel keeps the contents of files.

        Raises:
            LayoutError: it has another structure, or no type information, or does not say where its pages are.
        """
        bases = (kernel.address("vmemmap_base"), kernel.address("page_offset_base"))
        if kernel.types is None or None in bases:
            raise LayoutError("this kernel says nothing of its pages")
        try:
            contents, inode, node = (layout(kernel.types, name) for name in ("address_space", "inode", "xa_node"))
            self._host, self._root = contents["host"].offset, contents["i_pages.xa_head"].offset
            self._size = inode["i_size"].offset
            self._shift, self._slots = node["shift"].offset, node["slots"].offset
            self._fan_out = kernel.types.array(node["slots"].type)[1]
            self._page_bytes = layout(kernel.types, "page").size
        except BtfError as error:
            raise LayoutError(str(error)) from error
        self._bits = self._fan_out.bit_length() - 1
        if self._fan_out not in _FAN_OUTS or not self._page_bytes:
            raise LayoutError("this kernel has another tree of pages")
        self._bases = tuple(base for base in bases if base is not None)

    def file(self, contents: int, read: Read) -> CachedFile | None:
        """The file whose struct address_space is at an address; None when there is none, or nothing of it is in memory.

        Args:
            contents: the address.
            read: gives the kernel's memory.
        """
        pages_at, memory_at = (_word(read, base) for base in self._bases)
        size = min(_word(read, _word(read, contents + self._host) + self._size), MOST_BYTES)
        data = bytearray(UNKNOWN) * size
        count = found = -(-size // PAGE)
        for index, page in self._pages(_word(read, contents + self._root), read):
            if index >= count:
                break
            frame, odd = divmod(page - pages_at, self._page_bytes)
            part = b"" if odd or not 0 <= frame < _MOST_FRAMES else read(memory_at + frame * PAGE & _ADDRESS, PAGE)
            if len(part) == PAGE:
                data[index * PAGE : (index + 1) * PAGE] = part
                found -= 1
        del data[size:]
        return CachedFile(data, found) if found < count else None

    def _pages(self, entry: int, read: Read) -> Iterator[tuple[int, int]]:
        """Number and struct page of each page that is in memory, in rising order."""
        if _is_page(entry):
            yield 0, entry  # a file of one page has no node
        elif _is_node(entry):
            (shift,) = read(entry - _NODE + self._shift & _ADDRESS, 1) or b"\xff"
            yield from self._below(entry - _NODE, shift, 0, read)

    def _below(self, node: int, shift: int, first: int, read: Read) -> Iterator[tuple[int, int]]:
        """The pages below a node whose slots stand for so many indices, as a power of 2."""
        slots = read(node + self._slots & _ADDRESS, self._fan_out * _WORD.size)
        if read(node + self._shift & _ADDRESS, 1) != bytes([shift]) or len(slots) < self._fan_out * _WORD.size:
            return
        entries = [entry for (entry,) in _WORD.iter_unpack(slots)]
        for slot in range(min(self._fan_out, (_MOST_PAGES - first - 1 >> shift) + 1)):
            owner = _owner(entries, slot)
            entry, begin = entries[owner], first + (slot << shift)
            if _is_page(entry):
                for index in range(begin, min(begin + (1 << shift), _MOST_PAGES)):
                    yield index, entry + (index - first - (owner << shift)) * self._page_bytes
            elif _is_node(entry) and shift >= self._bits:
                yield from self._below(entry - _NODE, shift - self._bits, begin, read)


def _is_page(entry: int) -> bool:
    return entry & _KIND == _POINTER and entry >= _LEAST_ADDRESS


def _is_node(entry: int) -> bool:
    return entry & _KIND == _NODE and entry >= _LEAST_ADDRESS


def _owner(entries: Sequence[int], slot: int) -> int:
    """The slot that has the entry of a slot: where a page takes several, the others have the number of the first."""
    entry = entries[slot]
    return entry >> 2 if entry & _KIND == _NODE and entry >> 2 < slot else slot


def _word(read: Read, address: int) -> int:
    data = read(address & _ADDRESS, _WORD.size)
    return _WORD.unpack(data)[0] if len(data) == _WORD.size else 0
