# SPDX-License-Identifier: GPL-2.0-or-later
"""The library of ready scripts, and how it is listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.vm.script_text import ScriptFileError
from engine.vp import Prelude, compile_script
from vptop.cli import catalogue
from vptop.model.library import LibraryScript, library
from vptop.model.script import read_script
from vptop.model.scriptfiles import ANY_SET, LIBRARY, LINUX_SET, bundled, found_in_library, read_all

SCRIPTS = library()
EXPECTED = {
    "syscalls", "page-faults", "context-switches", "run-queue", "block-io", "disk-latency", "interrupt-time",
    "memory-growth", "tcp", "hot-kernel", "hot-user", "exits", "processes", "process-tree", "stacks", "user-stacks",
    "vptop",
}  # fmt: skip
DOCS = Path(__file__).parents[3] / "docs" / "scripts"


def test_the_library_has_what_people_ask_for():
    assert {script.name for script in SCRIPTS} == EXPECTED
    assert all(script.question.endswith("?") for script in SCRIPTS)
    assert {script.name for script in SCRIPTS if script.guest == "any"} == {
        "disk-latency", "exits", "hot-kernel", "hot-user", "page-faults", "stacks", "user-stacks",
        "vptop",
    }  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_each_has_a_header_and_says_how_to_show_its_aggregates(script: LibraryScript):
    source = Path(script.path).read_text("utf-8")
    assert source.splitlines()[1] == f"; {script.name}.vp - {script.question}"
    facts = read_script(source)
    assert facts.views.keys() == facts.fed_by.keys()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_each_has_a_page_with_its_source_and_a_sample(script: LibraryScript):
    page = (DOCS / f"{script.name}.md").read_text("utf-8")
    assert Path(script.path).read_text("utf-8") in page
    assert "aggr: " in page


@pytest.mark.parametrize("script", [s for s in SCRIPTS if s.guest == "any"], ids=lambda script: script.name)
def test_those_for_any_guest_find_something_on_the_bundled_guest(script: LibraryScript):
    with VirtualMachine.bundled() as vm:
        loaded = vm.load(Path(script.path).read_text("utf-8"))
        vm.run(2)
        assert vm.latest.errors == ()
        assert all(list(rows) for rows in loaded.aggregates.values())


def test_sets_fit_a_machine_together():
    for names in (ANY_SET, LINUX_SET):
        probes = 0
        for script in bundled(linux=names is LINUX_SET):
            prelude = Prelude("<prelude>", _ANY_PRELUDE, _AnySymbol())
            program = compile_script(script.source, script.name, prelude=prelude).program
            assert program is not None
            probes += len(program.probes)
        assert probes <= 32


class _AnySymbol(dict[str, int]):
    """Every name is a symbol."""

    def __contains__(self, name: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True

    def __missing__(self, name: str) -> int:
        return 0x1000


_ANY_PRELUDE = "(defstring s)" + "".join(
    f"(defun {name} () {value})"
    for name, value in {
        "curpid": 1, "curtid": 1, "curppid": 1, "curtask": 1, "curprocname": "s", "curcmdline": "s",
    }.items()
) + "(defun taskpid (task) 1) (defun taskparent (task) 0) (defun taskname (task) s)"  # fmt: skip


def test_a_script_of_the_library_is_named_without_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert [script.name for script in read_all([Path("syscalls"), Path("tcp.vp")])] == ["syscalls.vp", "tcp.vp"]
    (tmp_path / "tcp.vp").write_text("; my own\n")
    assert found_in_library(Path("tcp.vp")) == Path("tcp.vp"), "a file of that name wins"
    Path("vptop").mkdir()
    assert found_in_library(Path("vptop")) == LIBRARY / "vptop.vp", "a directory is no script"
    assert found_in_library(Path("./nowhere")) == Path("nowhere")


def test_the_list_has_a_line_for_each(capsys: pytest.CaptureFixture[str]):
    assert catalogue.show("") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(SCRIPTS)
    assert any(line.endswith("Linux  who sends and receives over TCP, and how much?") for line in lines)
    assert catalogue.show("", json=True) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["name"] == "block-io"


def test_one_script_is_printed(capsys: pytest.CaptureFixture[str]):
    assert catalogue.show("tcp.vp") == 0
    assert capsys.readouterr().out.startswith("; SPDX-License-Identifier")
    assert catalogue.show("tpc") == 1
    assert capsys.readouterr().err.strip().endswith("no script tpc in the library; did you mean tcp?")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("syscals", "did you mean syscalls?"),
        ("xyz", "`vptop scripts` lists those, `vptop --help` the commands"),
    ],
)
def test_a_word_that_names_no_script_says_what_may_be_meant(word: str, meant: str) -> None:
    with pytest.raises(ScriptFileError) as refusal:
        read_all([Path(word)])
    assert str(refusal.value) == f"{word}: no such file, and no script of the library; {meant}"
