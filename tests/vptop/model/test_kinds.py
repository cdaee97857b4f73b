# SPDX-License-Identifier: GPL-2.0-or-later
import pytest

from vptop.model.hints import KeyHint, ViewHint
from vptop.model.kinds import Kind, guess

NO_HINT = ViewHint()
NOBODY: frozenset[str] = frozenset()


def keys(*numbers, text="sshd"):
    return [((number,), (text,)) for number in numbers]


@pytest.mark.parametrize(
    ("name", "rows", "fed_by", "kind"),
    [
        ("running", keys(0x20, 0x2E, 0x21), {"Guest_IRQ"}, Kind.TOP),
        ("running", keys(0x20), {"Guest_IRQ"}, Kind.TOP),
        ("anything", keys(0x20, 0x2E), NOBODY, Kind.TOP),
        ("latency_us", keys(64, 128), {"Disk_IOFinish"}, Kind.HISTOGRAM),
        ("x", keys(0, 1, 2, 4, 8), {"Disk_IOFinish"}, Kind.HISTOGRAM),
        ("latency_by_process", keys(3, 5), {"Disk_IOFinish"}, Kind.TABLE),
        ("latency_us", keys(80, 96, 112, 128), {"Disk_IOFinish"}, Kind.HISTOGRAM),
        ("sizes", keys(512, 1024, 1536, 4096, 12288), {"Disk_IOFinish"}, Kind.HISTOGRAM),
        ("sizes", keys(5, 6, 7, 9, 12), {"Disk_IOFinish"}, Kind.TABLE),
        ("sectors", keys(2048, 2056, 2064, 4096), {"Disk_IOFinish"}, Kind.TABLE),
        ("length_hist", keys(100, 200, 300, 500), {"NET_Send"}, Kind.HISTOGRAM),
        ("length", keys(100, 200, 300, 500), {"NET_Send"}, Kind.TABLE),
        ("latency_by_pid", keys(10, 11, 12, 13, 14), {"Disk_IOFinish"}, Kind.TABLE),
        ("hist", keys(3, 70001, 70002, 70003), {"Disk_IOFinish"}, Kind.TABLE),
        ("page_faults", keys(0xFFFF8000), {"Guest_PF"}, Kind.TABLE),
        ("stacks", [((), ("idle", "GUEST_0xffffffff80001010"))], {"USEC:9973"}, Kind.STACKS),
        ("latencies", [((), ("uSec",))], {"Disk_IOFinish"}, Kind.TABLE),
        ("empty", [], {"Guest_IRQ"}, Kind.TABLE),
    ],
)
def test_guesses_by_feeding_probe_name_and_keys(name, rows, fed_by, kind):
    shape = (len(rows[0][0]), len(rows[0][1])) if rows else (1, 1)
    assert guess(name, shape, rows, NO_HINT, frozenset(fed_by)) is kind


@pytest.mark.parametrize(
    ("hint", "shape", "kind"),
    [
        ("table", (1, 1), Kind.TABLE),
        ("nonsense", (1, 1), Kind.TOP),
        ("hist", (1, 0), Kind.HISTOGRAM),
        ("hist", (0, 1), Kind.TABLE),
        ("top", (0, 1), Kind.TABLE),
        ("top", (1, 0), Kind.TABLE),
        ("stacks", (1, 0), Kind.TABLE),
    ],
)
def test_a_hint_decides_where_the_keys_allow_it(hint: str, shape: tuple[int, int], kind: Kind) -> None:
    assert guess("running", shape, keys(0x20), ViewHint(hint), frozenset({"Guest_IRQ"})) is kind


def test_what_is_by_another_number_is_no_top_of_interrupts() -> None:
    def kind(key: str, fed_by: set[str]) -> Kind:
        return guess("counts", (1, 1), keys(0x20), ViewHint("top", keys=(KeyHint(key),)), frozenset(fed_by))

    assert kind("pid", {"Guest_PF"}) is Kind.TABLE
    assert kind("pid", set()) is Kind.TOP
    assert kind("irq", {"GUEST:ENTER:common_interrupt"}) is Kind.TOP
