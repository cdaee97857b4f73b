# SPDX-License-Identifier: GPL-2.0-or-later
"""Golden text of the pure renderers."""

import pytest
from rich.cells import cell_len

from engine.guest.symbols import Symbols
from tests.vptop.ui.fakes import SCRIPTS, frame
from vptop.model.histogram import Bucket, Histogram
from vptop.model.session import Session
from vptop.model.stacks import Namer
from vptop.ui.actions import ACTIONS
from vptop.ui.render import bars, chrome, keys, latency, numbers, plot, tree
from vptop.ui.render.chrome import Health, History
from vptop.ui.render.columns import Column, Sort, arrange, column_at, header, ordered, row
from vptop.ui.render.fit import ends, fit
from vptop.ui.render.palette import from_theme

PALETTE = from_theme({"foreground": "#ffffff", "primary": "#56B4E9", "vptop-muted": "#888888"})


@pytest.fixture
def moment():
    session = Session()
    session.guest = "bundled"
    for name, source in SCRIPTS.items():
        session.set_source(name, source)
    for second in range(1, 4):
        session.add(frame(second))
    return session.moment()


@pytest.mark.parametrize(
    ("text", "width", "align", "shown"),
    [
        ("abc", 5, "<", "abc  "),
        ("abc", 5, ">", "  abc"),
        ("abcdef", 4, "<", "abc…"),
        ("漢字漢字", 5, "<", "漢字…"),
        ("漢字", 3, "<", "漢…"),
        ("x", 0, "<", ""),
    ],
)
def test_fit_counts_cells(text, width, align, shown):
    assert fit(text, width, align) == shown
    assert cell_len(shown) == width


def test_bars_are_eighths_and_never_nothing_for_something():
    assert bars.bar(1.0, 4) == "████"
    assert bars.bar(0.5, 4) == "██  "
    assert bars.bar(0.47, 4) == "█▉  "
    assert bars.bar(0.0001, 4) == "▏   "
    assert bars.bar(0.0, 4) == "    "
    assert bars.bar(9.0, 4) == "████"


def test_trends_tell_zero_from_unknown():
    assert bars.trend([None, 0, 1, 4, 7]) == " ·▂▅▇"
    assert bars.trend([0, 0]) == "··"
    assert bars.trend([]) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0k"),
        (48_200, "48.2k"),
        (99_960, "100k"),
        (1_900_000, "1.9M"),
        (1 << 64, "18447P"),
    ],
)
def test_short_numbers(value, shown):
    assert numbers.short(value) == shown


def test_other_numbers():
    assert numbers.bucket(512) == "512"
    assert numbers.bucket(2048) == "2k"
    assert numbers.bucket(1 << 20) == "1M"
    assert numbers.clock(3 * 3600 + 4 * 60 + 5.9) == "03:04:05"
    assert numbers.rate(1000.26) == "1000.3"
    assert keys.vector(0x2E) == "0x2e disk"
    assert keys.vector(0x80) == "0x80"
    assert keys.integer(0x1010, "sym", Symbols([(0x1000, "T", "main")])) == "main+0x10"
    assert keys.integer(255, "hex", Symbols()) == "0xff"


COLUMNS: list[Column[tuple[str, int, int]]] = [
    Column("name", "NAME", 6, lambda r: r[0], lambda r: r[0], align="<", stretch=True, ascending=True),
    Column("count", "COUNT", 5, lambda r: str(r[1]), lambda r: r[1]),
    Column("max", "MAX", 4, lambda r: str(r[2]), lambda r: r[2], keep=1),
]
ROWS = [("idle", 90, 3), ("reader", 41, 99), ("漢字", 7, 1)]


def table(width, sort):
    layout = arrange(COLUMNS, width)
    lines = [header(layout, sort, width, PALETTE)]
    lines += [row(layout, one, width, PALETTE, cursor=one[0] == "reader") for one in ordered(ROWS, COLUMNS, sort)]
    return [line.text for line in lines]


def test_table():
    assert table(22, Sort("count")) == [
        "  NAME     ▼COUNT  MAX",
        "  idle         90    3",
        "▶ reader       41   99",
        "  漢字          7    1",
    ]


def test_the_sort_mark_is_inside_the_title_where_there_is_room():
    assert table(22, Sort("max", reverse=True))[0] == "  NAME      COUNT ▲MAX"


def test_table_is_sorted_either_way():
    names = [line.split()[0] for line in table(30, Sort("count"))[1:]]
    assert names == ["idle", "▶", "漢字"]
    backwards = [line.split()[0] for line in table(30, Sort("count", reverse=True))[1:]]
    assert backwards == ["漢字", "▶", "idle"]
    assert ordered(ROWS, COLUMNS, Sort("nothing")) == ROWS


def test_every_line_is_exactly_as_wide_as_asked():
    for width in range(10, 60):
        assert {cell_len(line) for line in table(width, Sort("max"))} == {width}


def test_columns_that_matter_least_go_first():
    assert [column.id for column, _ in arrange(COLUMNS, 15)] == ["name", "count"]
    assert [column.id for column, _ in arrange(COLUMNS, 40)] == ["name", "count", "max"]
    found = column_at(arrange(COLUMNS, 15), 11)
    assert found is not None
    assert found.id == "count"
    assert column_at(arrange(COLUMNS, 15), 0) is None


HISTOGRAM = Histogram((Bucket(64, 128, 12), Bucket(128, 256, 48), Bucket(256, 512, 24)), 70, 500, 20_000)


def test_chart():
    assert [line.text for line in latency.chart(HISTOGRAM, 24, 7, PALETTE)] == [
        "         ▄▄▄▄▄▄         ",
        "40       ██████         ",
        "         ██████         ",
        "20       ██████ ██████  ",
        "  ██████ ██████ ██████  ",
        " 0───────────────────── ",
        "     64    128   256    ",
    ]


def test_chart_bars_are_as_high_as_their_counts():
    lines = plot.columns_chart(["a", "b", "c"], [1, 4, 2], 20, 10)
    body = lines[:-2]
    heights = [sum(2 if line[at] == "█" else 1 for line in body if line[at] in plot.BLOCKS) for at in (3, 9, 15)]
    assert heights[1] > heights[2] > heights[0]
    assert heights[1] >= 2 * heights[2] - 2
    assert not set("".join(lines)) - plot.BLOCKS - set(" ─0123456789abck")


def test_bucket_rows():
    assert [latency.bucket_row(HISTOGRAM, index, 60, PALETTE, "µs").text for index in range(3)] == [
        "      64–128 µs │████▎                  12   14.3%   14.3%  ",
        "     128–256 µs │█████████████████      48   57.1%   71.4%  ",
        "     256–512 µs │████████▌              24   28.6%  100.0%  ",
    ]


def test_percentile_line():
    text = "".join(piece for piece, _ in latency.percentiles(HISTOGRAM, "µs", PALETTE))
    assert text == " p50 208 p90 415 p99 491 µs  n 84"


def test_tree_lines():
    symbols = Symbols([(0x1000, "T", "main"), (0x2000, "T", "read_block")])
    root = Namer(symbols).tree([(((), ("p", "GUEST_0x2010_0x1010")), 3), (((), ("q", "GUEST_0x1010")), 1)]).root
    lines = list(tree.visible(root, {}))
    assert [tree.tree_row(line, root.total, 60, PALETTE, cursor=False).text for line in lines] == [
        "  75.0% ███▊  ▼ p                                  ·       3",
        "  75.0% ███▊    ▼ main                             ·       3",
        "  75.0% ███▊        read_block                     3       3",
        "  25.0% █▎    ▼ q                                  ·       1",
        "  25.0% █▎        main                             1       1",
    ]
    closed = list(tree.visible(root, {("p",): False}))
    assert [line.path for line in closed] == [("p",), ("q",), ("q", "main")]
    assert tree.tree_row(closed[0], root.total, 60, PALETTE, cursor=False).text.startswith("  75.0% ███▊  ▶ p")


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_lines_around_are_exactly_as_wide_as_asked(moment, width):
    lines = [
        chrome.status(moment, Health(), width, PALETTE),
        chrome.status(None, Health(gone="x"), width, PALETTE),
        chrome.tabs("overview", moment, width, PALETTE)[0],
        *chrome.history(History([1.0, 2.0], 0, 1, 2, 2), width, PALETTE),
        chrome.footer([action for action in ACTIONS if action.footer], width, PALETTE)[0],
    ]
    assert {line.cell_length for line in lines} == {width}


def test_status_says_what_matters(moment):
    assert chrome.status(moment, Health(), 120, PALETTE).text.rstrip() == (
        " vptop  vptop.vp g1 +2 ▲ 6 errors │ 1.8k hits/s │ ovh 0.1% │ 12.4M blocks/s │ cpu 71% "
        "│ bundled 1 vCPU         00:00:03"
    )


def test_status_says_when_numbers_are_late(moment):
    moment.session.add(frame(4, behind_seconds=1.7, errors=()))
    text = chrome.status(moment.session.moment(), Health(), 120, PALETTE).text
    assert "▲ 1.7 s behind: numbers are late, not lost" in text
    assert "● running" in text


def test_status_says_what_was_dropped(moment):
    moment.session.add(frame(4, log_dropped=12, paused=True, errors=()))
    text = chrome.status(moment.session.moment(), Health(), 80, PALETTE).text
    assert "▲ dropped 12" in text
    assert "❚❚ paused" in text


def test_tabs_say_live_or_frozen(moment):
    assert chrome.tabs("overview", moment, 120, PALETTE)[0].text.endswith("▶ LIVE ")
    moment.session.timeline.step(-1)
    assert "❚❚ FROZEN −1 s" in chrome.tabs("overview", moment, 120, PALETTE)[0].text


def test_history_shows_scale_cursor_and_reloads():
    known = History([0, 10, 20, None], 5, 6, 9, 4, [(6, "▲a g2")])
    first, second = chrome.history(known, 60, PALETTE)
    assert first.text.split() == ["hits/s", "·▄▇", "≤20", "2/4"]
    assert "▲a g2" not in second.text  # does not fit beside `now`
    wide = History([1.0] * 30, 0, 29, 30, 30, [(10, "▲a g2")])
    first, second = chrome.history(wide, 80, PALETTE)
    assert second.text.index("▲") - first.text.index("▇") == 10


def test_both_ends_of_a_line():
    assert ends([("left", PALETTE.text)], [("right", PALETTE.text)], 12).text == "left   right"
    assert ends([("left", PALETTE.text)], [("right", PALETTE.text)], 7).text == "leright"
