# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said of each command."""

from __future__ import annotations

import pytest

from vptop.cli.manual import VMRUN, WIDTH, Command, Option, help_text


@pytest.mark.parametrize(
    ("usage", "arity"), [("list", (0, 0)), ("start VMX [gui|nogui]", (1, 2)), ("snapshot VMX NAME", (2, 2))]
)
def test_arity_follows_from_the_usage(usage: str, arity: tuple[int, int]) -> None:
    assert Command(usage, "").arity == arity


def test_names_of_options() -> None:
    assert Option("-a, --aggr", "").names == ["-a", "--aggr"]
    assert Option("-s FILE", "").names == ["-s"]


def test_help_fits_a_terminal() -> None:
    lines = help_text(VMRUN).splitlines()
    assert lines[0].startswith("usage: vmrun ")
    assert all(len(line) <= WIDTH for line in lines)
