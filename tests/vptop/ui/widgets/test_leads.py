# SPDX-License-Identifier: GPL-2.0-or-later
"""From a row to other views, to its probe, and back."""

from __future__ import annotations

import pytest

from engine.guest.symbols import Symbols
from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, frame, ones, which
from vptop.model.filterexpr import parse
from vptop.model.moment import Moment
from vptop.ui.views.stacks import StackPanel
from vptop.ui.widgets.leads import (
    Drill,
    Jump,
    ShowCode,
    address_of,
    as_filter,
    name_leads,
    named,
    probe_leads,
    text_leads,
)


def test_a_process_leads_to_its_stacks_and_back() -> None:
    async def test(d: Driven) -> None:
        await d.press("3")
        await d.press("enter")
        await d.shows("stacks of idle")
        assert "latency of idle" not in d.screen()  # latencies are not by process there
        await d.press("j", "enter")
        await d.until(lambda: d.app.view == "stacks", "the view of stacks")
        panel = d.app.query_one("#stack-tree", StackPanel)
        assert panel.filter.text == "idle"
        assert "5 idle › Guest stacks" in d.screen()
        await d.press("backspace")
        assert d.app.view == "irq"
        assert not panel.filter
        assert not panel.crumbs

    drive(test)


def test_a_process_whose_requests_were_in_an_earlier_second_leads_to_its_latency() -> None:
    async def test(d: Driven) -> None:
        slow = aggregate([ones((64,), ("idle", "read"), 3)])
        d.source.send(FrameMessage(frame(4, aggregates={**frame(4).aggregates, which("latency_us"): slow})))
        await d.frames(5)
        await d.press("3", "m")
        await d.shows("latency of idle")

    drive(test)


def test_names_lead_to_what_has_them(moment: Moment) -> None:
    symbols, moment.session.symbols = moment.session.symbols, Symbols([(0x1000, "T", "idle_loop")])
    found = named(moment, "Running"), named(moment, "vmm1hz"), named(moment, "idle_loop"), named(moment, "nothing")
    moment.session.symbols = symbols
    drill, jump, code, nothing = found
    assert isinstance(drill, Drill)
    assert drill.aggregate == which("running")
    assert isinstance(jump, Jump)
    assert (jump.script, jump.line) == ("vptop.vp", 5)
    assert isinstance(code, ShowCode)
    assert code.address == 0x1000
    assert nothing is None
    process = named(moment, "reader")
    assert isinstance(process, Drill)
    assert (process.view, process.text) == ("irq", "reader")
    key = named(moment, "read")  # of latency_us alone, which is not by process
    assert isinstance(key, Drill)
    assert (key.view, key.aggregate) == ("aggregates", which("latency_us"))


def test_escape_goes_back_and_a_digit_forgets_the_way() -> None:
    async def test(d: Driven) -> None:
        await d.press("3", "enter", "enter")
        await d.until(lambda: d.app.view == "aggregates", "the aggregates")
        await d.press("escape")
        assert d.app.view == "irq"
        await d.press("enter", "enter")
        await d.until(lambda: d.app.view == "aggregates", "the aggregates")
        await d.press("6", "backspace")
        assert d.app.view == "probes"

    drive(test)


def test_an_aggregate_leads_to_the_probes_that_feed_it(moment: Moment) -> None:
    (lead,) = probe_leads(moment, which("running"))
    assert isinstance(lead.message, Jump)
    assert (lead.message.script, lead.message.line) == ("vptop.vp", 3)
    assert lead.title == "probe Guest_IRQ, vptop.vp:3"


def test_names_lead_to_the_views_that_have_data(moment: Moment) -> None:
    assert [lead.title for lead in name_leads(moment, "reader")] == [
        "interrupts of reader",
        "stacks of reader",
    ]
    assert name_leads(moment, "") == []
    assert name_leads(moment, "read") == [], "the key of a request is no process"


@pytest.mark.parametrize("name", ["idle", "kworker/0:1", "a b", "re:(", "!x", "cnt>3", "a|b", "\x1b[31m", "ü", "x\\n"])
def test_a_name_passes_the_filter_made_of_it(name: str) -> None:
    chosen = parse(as_filter(name))
    assert chosen(name, {})
    assert not chosen("something else", {})


def test_a_stack_leads_to_the_code_at_its_top_unless_that_is_a_process(moment: Moment) -> None:
    (kernel,) = text_leads(moment, "GUEST_0x1010_busybox+0x20")
    assert isinstance(kernel.message, ShowCode)
    assert kernel.message.address == 0x1010
    assert text_leads(moment, "GUEST_busybox+0x123_busybox+0x20") == []
    titles = [lead.title for lead in text_leads(moment, "idle")]
    assert titles == [lead.title for lead in name_leads(moment, "idle")] != []


def test_functions_have_addresses() -> None:
    symbols = Symbols([(0x1000, "T", "main")])
    assert address_of(symbols, "main") == 0x1000
    assert address_of(symbols, "0xabc") == 0xABC
    assert address_of(symbols, "0xnone") is None
    assert address_of(symbols, "reader") is None
