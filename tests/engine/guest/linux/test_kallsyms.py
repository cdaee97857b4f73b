# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import struct

import pytest

from engine.guest.linux import kallsyms
from tests.engine.guest.linux import tables

SYMBOLS = tables.symbols()


@pytest.mark.parametrize(
    ("since_6_4", "relative", "seqs"),
    [(False, True, False), (False, False, False), (False, True, True), (True, True, True), (True, False, True)],
    ids=["6.1", "absolute", "6.2", "6.4", "6.4-absolute"],
)
def test_each_order_and_form_of_the_tables_is_read(since_6_4: bool, relative: bool, seqs: bool):
    image = tables.kallsyms(SYMBOLS, since_6_4=since_6_4, relative=relative, seqs=seqs)
    assert kallsyms.read(image) == SYMBOLS


def test_offsets_without_absolute_per_cpu_symbols_are_unsigned():
    functions = SYMBOLS[2:]
    image = tables.kallsyms(functions, since_6_4=True, relative=True, per_cpu=False, seqs=True)
    assert kallsyms.read(image) == functions


def test_a_name_of_more_than_127_tokens_has_two_bytes_of_length():
    listed = [*SYMBOLS, (SYMBOLS[-1][0] + 64, "t", "X" * 300)]
    assert kallsyms.read(tables.kallsyms(listed, since_6_4=True, relative=True))[-1] == listed[-1]


def test_tables_are_found_in_memory_at_any_aligned_place():
    image = tables.kallsyms(SYMBOLS, since_6_4=False, relative=True)
    memory = memoryview(bytes(0x3008) + image + bytes(0x1000))
    assert kallsyms.read(memory) == SYMBOLS


def test_digits_that_are_no_token_table_are_passed_over():
    decoy = b"".join(b"%d\0" % digit for digit in range(10)) + bytes(range(1, 200)) * 8
    assert (
        kallsyms.read(decoy + bytes(-len(decoy) % 8) + tables.kallsyms(SYMBOLS, since_6_4=True, relative=True))
        == SYMBOLS
    )


def test_an_image_without_tables_is_an_error():
    with pytest.raises(kallsyms.KallsymsError, match="no kallsyms token table found"):
        kallsyms.read(bytes(1 << 16))


def test_tables_that_are_cut_off_are_an_error():
    image = tables.kallsyms(SYMBOLS, since_6_4=True, relative=True)
    addresses = image.index(struct.pack("<Q", tables.TEXT))
    with pytest.raises(kallsyms.KallsymsError, match=f"{len(SYMBOLS)} kallsyms names found, but no addresses"):
        kallsyms.read(image[:addresses])
    with pytest.raises(kallsyms.KallsymsError, match="no kallsyms token table found"):
        kallsyms.read(image[: image.index(b"0\x001\x002\x00")])
    with pytest.raises(kallsyms.KallsymsError, match="no kallsyms names found"):
        kallsyms.read(bytes(1 << 12) + image[1 << 12 :])
