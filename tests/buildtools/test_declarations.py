# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers as cffi gets them, and the module that is made of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from buildtools.core import SOURCES
from buildtools.declarations import declared, write_module


def test_numeric_defines_stay_without_their_comments() -> None:
    text = declared(SOURCES / "include" / "vpcore.h")
    assert "#define VPC_STRING_BYTES 256\n" in text
    assert "#include" not in text
    assert "#ifndef" not in text


def test_the_module_declares_what_the_header_does(tmp_path: Path) -> None:
    header, module = tmp_path / "a.h", tmp_path / "declarations.py"
    header.write_text("#pragma once\n#define SIDES 6 /* of a die */\ntypedef struct { int eyes; } die;\n")
    write_module([header], module)
    specification = importlib.util.spec_from_file_location("declarations", module)
    assert specification is not None
    assert specification.loader is not None
    made = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(made)
    assert made.ffi.new("die *", {"eyes": 5}).eyes == 5
    assert made.ffi.dlopen(None).SIDES == 6
    assert [path.name for path in sorted(tmp_path.glob("*.*"))] == ["a.h", "declarations.py"]
