# SPDX-License-Identifier: GPL-2.0-or-later
"""ORC, the unwind tables of a Linux kernel (Documentation/arch/x86/orc-unwinder.rst), as the core takes them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum

IP_BYTES, ENTRY_BYTES = 4, 6
_TYPE_BYTE, _TYPE_BITS = 5, 7


class OrcForm(IntEnum):
    """How the types of entries are numbered; the core has the same list (VPC_ORC_*)."""

    OLD = 0
    SINCE_6_4 = 1


@dataclass(frozen=True, slots=True)
class OrcTable:
    """The unwind table of a kernel or of one module.

    Attributes:
        address: of the first word.
        words: for each entry the distance from its own word to the first address the entry is for, 32 bits signed.
        entries: 6 bytes each.
        form: how their types are numbered.
    """

    address: int
    words: bytes = field(repr=False)
    entries: bytes = field(repr=False)
    form: OrcForm

    @classmethod
    def of(cls, address: int, words: bytes, entries: bytes) -> OrcTable | None:
        """A table as it is in memory; None for one that is empty or cut off.

        The form shows in the entries: those of calls are by far the most.
        """
        count = len(words) // IP_BYTES
        if not count or len(entries) != count * ENTRY_BYTES:
            return None
        types = bytes(byte & _TYPE_BITS for byte in entries[_TYPE_BYTE :: ENTRY_BYTES * (1 + count // 4096)])
        form = OrcForm.SINCE_6_4 if types.count(2) > types.count(0) else OrcForm.OLD
        return cls(address, words[: count * IP_BYTES], entries, form)

    def moved(self, distance: int) -> OrcTable:
        """The table of the same code so many bytes further up: words are relative."""
        return replace(self, address=self.address + distance)
