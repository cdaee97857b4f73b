# SPDX-License-Identifier: GPL-2.0-or-later
import pytest

from engine.probes.languages import language_of
from vptop.model.filterexpr import Comparison
from vptop.model.hints import HintProblem, KeyHint, hint_problems, read_hints


def problems(source: str, name: str = "a.vp") -> list[HintProblem]:
    return hint_problems(language_of(name).tokens(source), {"latency", "running"})


def test_a_good_hint_has_no_problem():
    assert (
        problems(
            "; @view latency as=hist unit=us keys=bucket:dec,process:sym sort=-count steps=8 warn=avg>500,cnt>=3\n"
        )
        == []
    )
    assert problems("/* @view running as=top sort=key0 */\n", "a.emt") == []


def test_a_key_with_a_minus_is_hidden_at_first():
    assert problems("; @view latency keys=-page:hex,process\n") == []
    assert read_hints(language_of("a.vp").tokens("; @view latency keys=-page:hex,process\n"))["latency"].keys == (
        KeyHint("page", "hex", hidden=True),
        KeyHint("process"),
    )


@pytest.mark.parametrize(
    ("options", "message", "near"),
    [
        ("latency as=histo", "invalid value `histo`", ("hist",)),
        ("latency unitt=us", "unknown option `unitt` in a view hint", ("unit",)),
        ("latency keys=a:hx", "invalid number format `hx`", ("hex",)),
        ("latency sort=-cont", "unknown column `cont`", ("count", "cnt")),
        ("latency steps=3", "invalid value `3`", ()),
        ("latency as", "`as` has no value", ()),
        ("latency warn=avg500", "invalid threshold `avg500`", ()),
        ("latency warn=max>9,cont>5", "unknown column `cont`", ("count",)),
        ("latncy as=hist", "no aggregate `latncy`", ("latency",)),
        ("", "`@view` names no aggregate", ()),
    ],
)
def test_what_is_wrong_is_said_with_its_place(options: str, message: str, near: tuple[str, ...]):
    (problem,) = problems(f"(defaggr latency 1 1)\n  ; @view {options}\n")
    assert (problem.line, problem.message) == (2, message)
    assert problem.suggestions[:1] == near[:1]
    assert problem.expected


@pytest.mark.parametrize(
    "comment",
    ["@viw latency", "@VIEW latency as=hist", "@histogram latncy as=hist", "@views lat sort=x", "@viewa as=top"],
)
def test_a_hint_of_another_name_is_named(comment: str):
    (problem,) = problems(f"; {comment}\n")
    assert problem.message == f"unknown hint `{comment.split(maxsplit=1)[0]}`"
    assert (problem.column, problem.end_column) == (4, 3 + len(comment.split(maxsplit=1)[0]))
    assert problem.suggestions == ("view",)


def test_other_comments_may_begin_with_the_same_mark():
    source = "; @author me=you\n; @param latency what it took\n; @view-only\n; @review bob\n; a @viw latency\n"
    assert problems(source) == []


def test_columns_are_those_of_the_word():
    source = "; @view latency as=hist sort=-cont"
    (problem,) = problems(source)
    assert source[problem.column - 1 : problem.end_column - 1] == "cont"


def test_what_is_wrong_counts_as_not_said():
    hints = read_hints(language_of("a.vp").tokens("; @view latency steps=99999999999 as= unit\n"))
    assert (hints["latency"].steps, hints["latency"].kind, hints["latency"].unit) == (0, "", "")
    assert read_hints(language_of("a.vp").tokens("; @view a warn=key0>3,avg\n"))["a"].warn == ()


def test_thresholds_are_comparisons_of_columns():
    (hint,) = read_hints(language_of("a.vp").tokens("; @view latency warn=avg>500,cnt>=10\n")).values()
    assert hint.warn == (Comparison("avg", ">", 500.0), Comparison("count", ">=", 10.0))
