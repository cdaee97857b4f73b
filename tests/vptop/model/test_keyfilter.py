# SPDX-License-Identifier: GPL-2.0-or-later
from tests.vptop.ui.fakes import DISK_SCRIPT, aggregate, frame, ones, which
from vptop.model import keyfilter
from vptop.model.buckets import BucketHistory
from vptop.model.filterexpr import parse
from vptop.model.keyfilter import KeyFilter
from vptop.model.moment import Moment
from vptop.model.session import Session

LATENCY = which("latency_us")
HINT = "; @view latency_us as=hist keys=bucket,process,op\n"
ROWS = [
    ones((64,), ("tar", "read"), 1),
    ones((64,), ("target", "write"), 2),
    ones((128,), ("tar", "write"), 4),
    ones((128,), ("64", "read"), 8),
]


def moment_of(*seconds: list) -> Moment:  # type: ignore[type-arg]
    session = Session()
    session.set_source("disk-latency.vp", HINT + DISK_SCRIPT.partition("\n")[2])
    for second, rows in enumerate(seconds, 1):
        session.add(frame(second, aggregates={"latency_us": aggregate(rows)}))
    moment = session.moment()
    assert moment is not None
    return moment


def counts(text: str) -> list[dict[int, int] | None]:
    history = BucketHistory(KeyFilter(parse(text)))
    return [None if found is None else dict(found) for found in history.span(moment_of(ROWS, ROWS[:1]), LATENCY, 2)]


def test_counts_of_what_passes_by_keys_beside_the_bucket():
    assert counts("tar") == [{64: 3, 128: 4}, {64: 1}]
    assert counts("re:^tar$ !read") == [{128: 4}, {}]
    assert counts("op~write") == [{64: 2, 128: 4}, {}]
    assert counts("64") == [{128: 8}, {}], "the bucket is no key"
    assert counts("tar count>3") == counts("tar"), "numbers are for others"


def test_a_key_alone_passes_as_its_row_does():
    moment = moment_of(ROWS)
    for text in ("tar", "re:^tar$", "!read", "op~write", "64"):
        keys = KeyFilter(parse(text))
        measured = moment.measured(LATENCY)
        assert measured is not None
        passing = keys.passing(moment, measured)
        assert passing is not None
        alone = [at for at in range(4) if keys.passes(moment, LATENCY, measured.key(at), frozenset())]
        assert alone == passing.rows.tolist(), text
    assert KeyFilter(parse("tar")).passes(moment, LATENCY, ((64,), (b"tar",)), frozenset({2}))
    assert not KeyFilter(parse("tar")).passes(moment, LATENCY, ((64,), ("tar",)), frozenset()), "it has other keys"


def test_many_rows_are_matched_when_a_thread_has_time(monkeypatch):
    monkeypatch.setattr(keyfilter, "AT_ONCE", 3)
    moment, keys = moment_of(ROWS), KeyFilter(parse("tar"))
    history = BucketHistory(keys)
    assert history.span(moment, LATENCY, 1) == [None]
    keys.take(keys.match(moment, keys.missing))
    assert history.span(moment, LATENCY, 1) == [{64: 3, 128: 4}]
    assert keys.missing == []


def test_many_intervals_are_matched_in_a_thread_too(monkeypatch):
    monkeypatch.setattr(keyfilter, "INTERVALS_AT_ONCE", 1)
    moment, keys = moment_of(ROWS, ROWS[:1]), KeyFilter(parse("tar"))
    history = BucketHistory(keys)
    assert history.span(moment, LATENCY, 2) == [{64: 3, 128: 4}, None]
    keys.take(keys.match(moment, keys.missing))
    assert history.span(moment, LATENCY, 2) == [{64: 3, 128: 4}, {64: 1}]


def test_rows_with_other_keys_than_now_do_not_pass():
    moment = moment_of([ones((64,), ("tar",), 1)], ROWS)
    assert BucketHistory(KeyFilter(parse("tar"))).span(moment, LATENCY, 2) == [{}, {64: 3, 128: 4}]
