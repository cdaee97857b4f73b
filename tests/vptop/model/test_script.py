# SPDX-License-Identifier: GPL-2.0-or-later
from vptop.model.hints import KeyHint, ViewHint
from vptop.model.script import hint_diagnostics, read_script


def test_tells_who_feeds_aggregates():
    facts = read_script(
        """
        (defaggr a 1 0) (defaggr b 1 0)
        (defun count (n) (aggr b (n) () 1))
        (vprobe Guest_IRQ (do (aggr a (ARG0) () 1) (count 3)))
        (vprobe VMM1Hz (logaggr a) (clearaggr a))
        """
    )
    assert facts.fed_by == {"a": {"Guest_IRQ"}, "b": {"Guest_IRQ"}}


def test_comments_and_strings_are_not_code():
    facts = read_script('(vprobe VMM1Hz (printf "(aggr a () () 1)") ; (aggr b () () 1)\n (logaggr c))')
    assert facts.fed_by == {}


def test_recursion_ends():
    facts = read_script("(defun f (n) (cond (n (do (aggr a (n) () 1) (f (- n 1))))))(vprobe Guest_PF (f 3))")
    assert facts.fed_by == {"a": {"Guest_PF"}}


def test_reads_view_hints_from_comments():
    facts = read_script("  ;; @view lat as=hist unit=us keys=bucket:dec,process sort=-count\n(defaggr lat 1 1)")
    assert facts.views == {"lat": ViewHint("hist", "us", (KeyHint("bucket", "dec"), KeyHint("process")), "-count")}


def test_broken_scripts_still_tell_what_can_be_made_out():
    facts = read_script("(vprobe VMM1Hz (clearaggr a)))) (vprobe Guest_PF (aggr b (1) () 1")
    assert facts.fed_by == {"b": {"Guest_PF"}}
    assert read_script("").fed_by == {}


def test_emmett_tells_the_same_with_its_own_names():
    facts = read_script(
        """
        /* @view PID as=hist unit=us */
        aggr PID[1];
        void count(int n) { PID[n] <- 1; }
        Guest_IRQ(int vector) { count(vector); other[curprocname()]++; }
        VMM1Hz { logaggr(PID); clearaggr(PID); }
        """,
        "top.emt",
    )
    assert facts.fed_by == {"PID": {"Guest_IRQ"}, "other": {"Guest_IRQ"}}
    assert facts.views == {"PID": ViewHint("hist", "us")}


def test_broken_emmett_keeps_its_hints():
    facts = read_script("// @view a unit=ms\nVMM1Hz { a++ }", "broken.emt")
    assert facts.views == {"a": ViewHint(unit="ms")}
    assert facts.fed_by == {}


def test_names_of_other_generations_are_the_probes_they_stand_for():
    facts = read_script("(vprobe VMM:Disk_IOFinish (aggr a () () 1))(defaggr a 0 0)")
    assert facts.fed_by == {"a": {"Disk_IOFinish"}}


def test_mistakes_in_hints_are_warnings_with_a_fix_where_a_name_is_near():
    near, far = hint_diagnostics("; @view lat as=histo warn=5\n(defaggr lat 1 0)\n", "a.vp")
    assert (near.place, near.severity, near.message) == ("a.vp:1:16", "warning", "invalid value `histo`")
    assert near.source_line == "; @view lat as=histo warn=5"
    assert near.fix is not None
    assert (near.fix.text, near.fix.span) == ("hist", near.span)
    assert (far.message, far.fix) == ("invalid threshold `5`", None)
