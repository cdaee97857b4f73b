# SPDX-License-Identifier: GPL-2.0-or-later
"""Types of a provider: asked for once, and only when they are needed."""

from __future__ import annotations

from engine.emmett import Options, translate
from engine.vp import Prelude
from engine.vp.diagnostics.source import SourceText
from engine.vp.guest_types import (
    ForeignArray,
    ForeignField,
    ForeignInteger,
    ForeignPointer,
    ForeignStruct,
    ForeignType,
    ForeignVoid,
)

NODE = ForeignStruct("struct", "node", 1)
CHAR = ForeignInteger("char", 1)


class Types:
    """A list of nodes, and what was asked."""

    library = "types"

    def __init__(self) -> None:
        self.asked: list[int] = []

    def structure(self, word: str, tag: str) -> ForeignStruct | None:
        return NODE if (word, tag) == ("struct", "node") else None

    def tags(self) -> dict[str, list[str]]:
        return {"struct": ["node"]}

    def typedefs(self) -> list[str]:
        return ["any_t", "node_t", "text_t"]

    def typedef(self, name: str) -> ForeignType | None:
        known: dict[str, ForeignType] = {
            "node_t": NODE, "text_t": ForeignPointer(CHAR), "any_t": ForeignPointer(ForeignVoid()),
        }  # fmt: skip
        return known.get(name)

    def fields(self, key: int) -> tuple[int, tuple[ForeignField, ...]] | None:
        self.asked.append(key)
        flag = ForeignField("flag", ForeignInteger("int", 4), 98, 2)
        return 40, (
            ForeignField("next", ForeignPointer(NODE), 0),
            ForeignField("name", ForeignArray(CHAR, 4), 64),
            flag,
        )

    def constant(self, name: str) -> int | None:
        return 7 if name == "LIMIT" else None


def body(types: Types, code: str) -> str:
    prelude = Prelude("<prelude>", "", {}, types)
    text = f"#include <types>\nnode_t *n;\nVMM1Hz {code}\n"
    result = translate([SourceText("a", text)], Options(prelude=prelude, height=99))
    assert result.vp is not None, result.diagnostics
    return result.vp.text.splitlines()[-1].removeprefix("(vprobe VMM1Hz ").removesuffix(")")


def test_layouts_are_asked_for_once_and_when_they_are_needed() -> None:
    types = Types()
    assert body(types, "x = n;") == "(setint x n)"
    assert types.asked == []
    assert body(types, "x = n->next->next->flag;").endswith("(& 3 (>> (getguest (+ (getguest (getguest n)) 12)) 2)))")
    assert types.asked == [1, 1], "once in each pass"
    assert body(types, "x = n->name[1] + sizeof(struct node);") == "(setint x (+ (& 255 (getguest (+ n 9))) 40))"


def test_typedefs_and_constants_are_known() -> None:
    assert body(Types(), "s = (string)(text_t)RAX;").startswith("(setstr s (do (getgueststr ~tmp1 255 RAX) ~tmp1)")
    assert body(Types(), "x = (any_t)RAX + LIMIT;") == "(setint x (+ RAX 7))"
    assert body(Types(), "{ LIMIT = 3; x = LIMIT; }") == "(do (setint ~LIMIT 3) (setint x ~LIMIT))"
