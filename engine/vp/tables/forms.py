# SPDX-License-Identifier: GPL-2.0-or-later
"""Special forms: definitions, probes, and expressions with a syntax of their own (manual p. 12 to 20 and 27)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Special:
    """One form; `page` is that of the manual of 2010, 0 for what it does not have."""

    name: str
    signature: str
    doc: str
    page: int
    top_level: bool = False

    @property
    def most(self) -> int | None:
        """The largest number of parts of the form, its first word included; None for any number."""
        return None if "…" in self.signature else len(self.signature.split())


_ROWS = (
    Special("version", '(version "1.0")', "The VP version a script is written for.", 27, top_level=True),
    Special("definteger", "(definteger NAME [INITIAL])", "Define an integer variable.", 12, top_level=True),
    Special("defstring", '(defstring NAME ["INITIAL"])', "Define a string variable.", 12, top_level=True),
    Special("defaggr", "(defaggr NAME INTEGER-KEYS STRING-KEYS)", "Define an aggregate.", 13, top_level=True),
    Special("defbag", "(defbag NAME SIZE)", "Define a bag of key-value pairs.", 14, top_level=True),
    Special("defun", "(defun NAME (PARAMETERS) EXPRESSION …)", "Define a function.", 19, top_level=True),
    Special("vprobe", "(vprobe PROBE EXPRESSION …)", "Run expressions when a probe fires.", 17, top_level=True),
    Special("setint", "(setint NAME INTEGER)", "Assign to an integer variable.", 12),
    Special("setstr", "(setstr NAME STRING)", "Assign to a string variable.", 12),
    Special("cond", "(cond (CONDITION EXPRESSION) …)", "Evaluate the first expression whose condition is true.", 18),
    Special("try", "(try EXPRESSION HANDLER)", "Evaluate the first; after a run-time error in it, the second.", 0),
    Special("do", "(do EXPRESSION …)", "Evaluate in order; the value is that of the last, 0 if there is none.", 19),
    Special("aggr", "(aggr NAME (INTEGERS) (STRINGS) VALUE)", "Add a value to a row of an aggregate.", 13),
    Special("logaggr", "(logaggr NAME)", "Print all rows of an aggregate to the log.", 13),
    Special("clearaggr", "(clearaggr NAME)", "Delete all rows of an aggregate.", 13),
    Special("baginsert", "(baginsert BAG KEY VALUE)", "Insert a pair into a bag: 1, or 0 if it is full.", 14),
    Special("bagremove", "(bagremove BAG KEY)", "Remove the newest pair of a key from a bag: its value, or 0.", 14),
)

SPECIALS: dict[str, Special] = {row.name: row for row in _ROWS}

OTHER_LANGUAGES = {
    "if": "cond", "when": "cond", "unless": "cond", "case": "cond", "switch": "cond", "begin": "do", "progn": "do",
    "set": "setint", "set!": "setint", "setq": "setint", "setf": "setint", "print": "printf",
    "puts": "logstr", "return": "exit", "else": "1", "otherwise": "1", "true": "1", "false": "0", "nil": "0",
}  # fmt: skip
"""Words of other languages, and what VP has for them."""
