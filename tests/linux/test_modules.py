# SPDX-License-Identifier: GPL-2.0-or-later
"""The symbols of a loaded module, compared with the guest's own /proc/kallsyms, and stacks through its code."""

from __future__ import annotations

import re
from pathlib import Path

from engine.guest.stacks import parse
from tests.linux import kernels
from tests.linux.conftest import Boot, run_until

SCRIPT = """
$B insmod /dummy.ko
$B grep -E '\\[dummy\\]$| (init_task|handle_mm_fault|current_task|pcpu_hot)$' /proc/kallsyms
echo LOADED
$B ip addr add 10.9.0.1/24 dev dummy0
$B ip link set dummy0 up
while true; do $B ping -c 1 -W 1 10.9.0.2 > /dev/null; done
"""
STACKS = """
(defaggr stacks 0 1)
(defstring stack)
(vprobe GUEST:ENTER:dummy_xmit (gueststack stack) (aggr stacks () (stack) 1))
"""
LINE = re.compile(r"^([0-9a-f]{16}) (\w) (\S+)(\t\[dummy\])?\r?$", re.MULTILINE)


def test_a_module_brings_its_symbols_and_unwind_table(boot: Boot, kernel: Path):
    with boot(SCRIPT, {"dummy.ko": kernels.module(kernel, "dummy")}, append="quiet", kaslr=True) as vm:
        console = run_until(vm, "LOADED")
        vm.run(1)
        addresses = vm.guest.symbols.addresses
        listed = {name: (int(address, 16), kind) for address, kind, name, _ in LINE.findall(console)}
        functions = {name: address for name, (address, kind) in listed.items() if kind in "tT"}
        assert "dummy_xmit" in functions
        assert {name: addresses.get(name) for name in functions} == functions
        assert addresses["init_task"] == listed["init_task"][0], "moved by KASLR"
        assert listed.keys() & {"current_task", "pcpu_hot"}
        script = vm.load(STACKS)
        vm.run(3)
        rows = list(script.aggregates["stacks"])
        assert rows
        for row in rows:
            stack = parse(row.strings[0])
            assert stack is not None
            names = stack.functions(vm.guest.symbols)
            assert names[0] == "dummy_xmit"
            assert "dev_hard_start_xmit" in names
            assert len(names) >= 8
