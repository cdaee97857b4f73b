# SPDX-License-Identifier: GPL-2.0-or-later
"""SMM_SMIPre, SMM_SMIPost, SMM_RSMPre, SMM_RSMPost and SMM (Intel SDM volume 3, chapter 30)."""

from __future__ import annotations

from engine.machine import smi_handler
from tests.engine.probes.small import STOP, covers, guest

NAMES = ("SMM_SMIPre", "SMM_SMIPost", "SMM_RSMPre", "SMM_RSMPost")
SHOW = "".join(
    f'(vprobe {name} (printf "{number} 0x%x %d 0x%x 0x%x 0x%x 0x%x 0x%x\\n" RIP SMM RSP RBX CR0 CS CSBASE))'
    for number, name in enumerate(NAMES)
)
SOURCE = f"""
    movq $0x1122334455667788, %rbx
    movb $0x5a, %al
asks: outb %al, $0xb2
after: movq %rbx, 0x300000
    movq %rsp, 0x300008
    movq 0xa8000, %rax              /* RAM for everybody else */
    movq %rax, 0x300010
    inb $0xb3, %al
    movzbl %al, %eax
    movq %rax, 0x300018
    movb $0x5b, %al
    outb %al, $0xb2
{STOP}
"""


@covers(*NAMES, "SMM")
def test_the_way_into_the_mode_and_back() -> None:
    with guest(SOURCE, SHOW) as watched:
        watched.run()
        assert [line[0] for line in watched.numbers] == [0, 1, 2, 3] * 2
        before, entered, leaving, back = watched.numbers[:4]
        after, handler = watched.places["after"], 0xA8000
        ends = smi_handler.ENTRY + len(smi_handler.HANDLER) - 2
        outside = (0x5F00, 0x1122334455667788, 0x80000031, 8, 0)
        assert before[1:3] == back[1:3] == (after, 0)
        assert (before[4], back[4]) == (outside[1], outside[1])
        assert before[3:] == back[3:]
        assert before[3] == outside[0]
        assert before[5] & 0x80000001 == 0x80000001
        assert entered[1:3] == (smi_handler.ENTRY, 1)
        assert leaving[1:3] == (ends, 1)
        assert (entered[7], leaving[7]) == (0xA0000, 0xA0000)
        assert entered[1] + entered[7] == handler
        assert entered[5] & 0x8000000D == 0  # PE, EM, TS and PG are clear (30.5)
        assert (watched.result(0), watched.result(1)) == (outside[1], outside[0])
        assert watched.machine.counters().smis == 2
        smram = watched.machine._complex.smram()
        assert int.from_bytes(smram[smi_handler.COUNT :][:4], "little") == 2
        assert smram[smi_handler.COMMAND] == 0x5B
        assert watched.result(3) == smi_handler.DONE


def test_smram_is_not_there_outside_the_mode() -> None:
    """Neither the guest nor a script can read the handler; inside the mode the script can."""
    code = int.from_bytes(smi_handler.HANDLER[:8], "little")
    script = """
    (vprobe SMM_SMIPre (printf "0x%x\\n" (getguestphys 0xa8000)))
    (vprobe SMM_SMIPost (printf "0x%x\\n" (getguest 0xa8000)))
    (vprobe SMM_RSMPre (printf "0x%x\\n" (getguestphys 0xa8000)))
    (vprobe SMM_RSMPost (printf "0x%x\\n" (getguestphys 0xa8000)))
    """
    with guest(SOURCE, script) as watched:
        watched.run()
        assert watched.numbers == [(0,), (code,), (code,), (0,)] * 2
        assert watched.result(2) == 0
        assert bytes(watched.machine.memory.read(0xA8000, 8)) == bytes(8)


def test_an_rsm_outside_the_mode_is_an_invalid_instruction() -> None:
    source = f"gate 6, handler\n movb $0, 0xa8000\nfault: rsm\n{STOP}\nhandler: incq 0x300000\n{STOP}"
    with guest(source, SHOW + '(vprobe Guest_UD (printf "9 0x%x\\n" RIP))') as watched:
        watched.run()
        assert watched.numbers == [(9, watched.places["fault"])]
        assert watched.result() == 1


def test_an_smi_wakes_a_halted_cpu_and_it_halts_again_or_goes_on() -> None:
    """Asked for by a device while the CPU is in HLT."""
    with guest(f"halts: hlt\nafter: incq 0x300000\n{STOP}", SHOW) as watched:
        watched.run()
        watched.machine.cpus[0].smi()
        watched.run()
        assert [line[0] for line in watched.numbers] == [0, 1, 2, 3]
        assert watched.numbers[0][1:] == watched.numbers[3][1:]
        assert watched.machine.halted(0)
