# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/how-to: files that a page names exist; its example, applied to a copy of the sources, passes its test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs" / "how-to").glob("add-*.md"))
LISTED = re.compile(r"^\d+\. (?:\[`(?P<old>[^`]+)`\]\(\S+\)|`(?P<new>[^`]+)` \(new\))$", re.MULTILINE)
LINK = re.compile(r"\]\((?P<path>[^)#:]+)\)")
PATH = re.compile(r"`((?:docs|engine|tests|vptop)/[\w./-]+)`")
EXAMPLE = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEST = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TARGET = re.compile(r"^(?:---|\+\+\+) [ab]/(\S+)", re.MULTILINE)
MOST_FILES = 3
LIMIT = 300
COPIED = ("buildtools", "engine", "vptop", "guestimg")


def page_id(path: Path) -> str:
    return path.stem


def listed(page: Path) -> tuple[set[str], set[str]]:
    """The files of the numbered list that exist, and those that the example makes."""
    rows = list(LISTED.finditer(page.read_text("utf-8")))
    return {row["old"] for row in rows if row["old"]}, {row["new"] for row in rows if row["new"]}


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_files_exist(page: Path) -> None:
    old, new = listed(page)
    assert 1 <= len(old | new) <= MOST_FILES, "a change must not touch more; regroup what it touches"
    assert [name for name in old if not (ROOT / name).is_file()] == []
    assert [name for name in new if (ROOT / name).exists()] == []
    text = page.read_text("utf-8")
    named = {name for name in PATH.findall(text) if "NAME" not in name and name not in new}
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [link["path"] for link in LINK.finditer(text) if not (page.parent / link["path"]).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_the_example_touches_the_files_listed(page: Path) -> None:
    old, new = listed(page)
    found = EXAMPLE.search(page.read_text("utf-8"))
    assert found is None or set(TARGET.findall(found[1])) == old | new


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "how-to" / "README.md").read_text("utf-8")
    assert {link["path"] for link in LINK.finditer(index)} == {page.name for page in PAGES}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources with every example applied, built, and the examples' tests."""
    copy = tmp_path_factory.mktemp("how-to")
    ignored = shutil.ignore_patterns("__pycache__", "*.so")
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    (copy / "tests").symlink_to(ROOT / "tests")
    for page in PAGES:
        text = page.read_text("utf-8")
        for example in EXAMPLE.findall(text):
            patch = copy / f"{page.stem}.diff"
            patch.write_text(example, "utf-8")
            run(copy, "git", "apply", "--recount", "-C1", "--whitespace=nowarn", patch.name)
            test = copy / f"test_{page.stem.replace('-', '_')}.py"
            test.write_text("\n".join(TEST.findall(text)), "utf-8")
    run(copy, sys.executable, "-m", "buildtools", "core")
    return copy


def run(folder: Path, *command: str) -> None:
    """Run a command on the copy, and show what it says when it fails."""
    cache = os.environ.get("ZIG_GLOBAL_CACHE_DIR", str(ROOT / "build" / "zig"))
    environment = {**os.environ, "PYTHONPATH": str(folder), "ZIG_GLOBAL_CACHE_DIR": cache, "GIT_DIR": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"


def test_the_examples_do_what_their_tests_say(changed: Path) -> None:
    tests = sorted(path.name for path in changed.glob("test_*.py"))
    assert len(tests) == sum(bool(EXAMPLE.search(page.read_text("utf-8"))) for page in PAGES)
    run(changed, sys.executable, "-m", "pytest", "-q", "--rootdir=.", "-p", "no:cacheprovider", *tests)


def test_the_examples_pass_lint(changed: Path) -> None:
    run(changed, sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), "engine", "vptop")
    run(
        changed,
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--check",
        "--config",
        str(ROOT / "pyproject.toml"),
        "engine",
        "vptop",
    )
