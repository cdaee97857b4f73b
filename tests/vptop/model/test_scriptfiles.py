# SPDX-License-Identifier: GPL-2.0-or-later
"""Script files are read with clear errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.script_text import ScriptFileError
from engine.vp import compile_script
from vptop.model.scriptfiles import ScriptFile, bundled, joined, read, read_all


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ScriptFileError, match=r"nowhere\.vp: No such file"):
        read(tmp_path / "nowhere.vp")


def test_a_directory(tmp_path: Path) -> None:
    with pytest.raises(ScriptFileError, match="Is a directory"):
        read(tmp_path)


def test_equal_file_names_are_told_apart_by_path(tmp_path: Path) -> None:
    paths = [tmp_path / "one" / "a.vp", tmp_path / "two" / "a.vp", tmp_path / "b.vp"]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_text("; nothing\n")
    assert [script.name for script in read_all(paths)] == [str(paths[0]), str(paths[1]), "b.vp"]


def test_a_file_given_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.vp"
    path.write_text("; nothing\n")
    with pytest.raises(ScriptFileError, match="given 2 times"):
        read_all([path, path])


def test_the_bundled_set_begins_with_vptop() -> None:
    names = [script.name for script in bundled()]
    assert names[0] == "vptop.vp"
    assert {"disk-latency.vp", "stacks.vp", "page-faults.vp"} <= set(names)


def script(name: str, source: str) -> ScriptFile:
    return ScriptFile(name, source, Path(name))


def test_scripts_without_a_probe_belong_to_the_one_that_follows() -> None:
    library, other = script("lib.vp", "(defun f (n) (+ n 1))\n"), script("more.vp", "(definteger i)\n")
    one, two = script("one.vp", "(vprobe VMM1Hz (logint (f i)))\n"), script("two.vp", "(vprobe VMM1Hz 1)\n")
    programs = joined([library, other, one, two])
    assert [program.name for program in programs] == ["one.vp", "two.vp"]
    assert compile_script(programs[0].source, "one.vp").diagnostics == ()
    assert programs[1] == two


def test_what_is_wrong_is_said_of_the_file_it_is_in() -> None:
    (program,) = joined([script("lib.vp", "(defun f (n)\n  (+ n m))\n"), script("main.vp", "\n(vprobe VMM1Hz (g 1))")])
    places = [found.place for found in compile_script(program.source, program.name).diagnostics]
    assert places == ["lib.vp:2:8", "main.vp:2:17"]


def test_definitions_without_any_probe_stay_alone() -> None:
    library = script("lib.vp", "(definteger a)\n")
    assert joined([library]) == [library]


def test_a_missing_file_is_told_with_the_nearest_name_beside_it_or_in_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "timers.emt").touch()
    monkeypatch.chdir(tmp_path)
    for path, told in (
        ("stakcs.vp", "stakcs.vp: No such file or directory; did you mean stacks.vp?"),
        ("timer.emt", "timer.emt: No such file or directory; did you mean timers.emt?"),
        (f"{tmp_path}/timer.emt", f"did you mean {tmp_path}/timers.emt?"),
        ("qqqq.vp", "qqqq.vp: No such file or directory"),
    ):
        with pytest.raises(ScriptFileError) as refusal:
            read_all([Path(path)])
        assert str(refusal.value).endswith(told)
