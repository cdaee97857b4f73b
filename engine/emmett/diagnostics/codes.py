# SPDX-License-Identifier: GPL-2.0-or-later
"""Every diagnostic of Emmett: stable code, title, what it means, and a program that shows it (tests walk this table).

Those that the engine alone can give, such as E401 for too many probes, are in engine.vp.diagnostics.codes.
"""

from __future__ import annotations

from engine.vp.diagnostics.codes import Code

_EMPTY = "VMM1Hz { }\n"


def _in(text: str) -> str:
    """A probe with some statements."""
    return f"VMM1Hz {{ {text} }}\n"


CODES: dict[str, Code] = {
    row.code: row
    for row in (
        # --- text ---
        Code("E601", "bad character", "The text holds a character Emmett has no use for.", _in("x = 1 ` 2;")),
        Code("E602", "string is not closed", "A string ends on the line it begins on.", _in('printf("oops);')),
        Code("E603", "comment is not closed", "`/*` needs a `*/`.", _EMPTY + "/* oops\n"),
        Code("E604", "invalid integer", "Integers have at most 64 bits and no suffix.", _in("x = 10UL;")),
        Code("E605", "invalid directive", "Conditions must be closed, and directives complete.", "#endif\n" + _EMPTY),
        Code("E606", "cannot include", "The text an #include names is not there.", '#include "no.emt"\n' + _EMPTY),
        Code("E607", "nested too deep", "There are limits to nesting.", _in(f"x = {'(' * 70}1{')' * 70};")),
        Code("E608", "syntax error", "A word stands where the grammar has no place for it.", _in("x = ;")),
        Code("E609", "keyword not supported", "A keyword of C that Emmett does not have.", _in("while (1) ;")),
        # --- types ---
        Code("E610", "invalid memory model", "There is no such memory model here.", "memmodel vmw64;\n" + _EMPTY),
        Code("E611", "invalid type", "These words together are no type.", "long char x;\n" + _EMPTY),
        Code("E612", "type is not defined", "Nothing is known of its members.", "struct s *p;\n" + _in("x = p->a;")),
        Code("E613", "invalid member", "A member overlaps another one or has no place.",
             "struct s { @8 int a; @8 int b; };\n" + _EMPTY),
        Code("E614", "not constant", "The value must be known at compile time.", "int x = RAX;\n" + _EMPTY),
        Code("E615", "declared twice", "A name may be declared once.", "int x; string x;\n" + _EMPTY),
        Code("E616", "invalid declaration", "Nothing of this type can be declared here.", "int x[4];\n" + _EMPTY),
        # --- expressions ---
        Code("E620", "unknown name", "Nothing of this name can be used here.", _in("print(1);")),
        Code("E621", "wrong type", "The value is of a type that cannot be used here.", _in('x = 1 + "a" * 2;')),
        Code("E622", "wrong number", "Too few or too many arguments or keys.", _in("x = getguest();")),
        Code("E623", "not assignable", "Only variables are assigned; memory is read-only.", _in("RAX = 1;")),
        Code("E624", "unknown member", "The structure has no such member.",
             "struct s { int a; } *p;\n" + _in("x = p->b;")),
        Code("E625", "not readable", "The value of this cannot be read.", "aggr a;\n" + _in("x = a;")),
        Code("E626", "division by zero", "The divisor is the constant 0.", _in("x = 1 / 0;")),
        Code("E627", "unknown guest symbol", "The guest has no symbol of this name.", _in("x = &jiffies;")),
        # --- statements and programs ---
        Code("E628", "wrong return", "`return` ends a function, and only there.", "int f() { }\n" + _in("x = f();")),
        Code("E629", "loop is not constant", "Loops are unrolled, so their bounds must be constant.",
             _in("for (i = 0; i < RAX; i++) ;")),
        Code("E631", "not in this machine", "A function or variable of other products.", _in("x = getvmw(1);")),
        Code("E633", "no probe", "A program must hold at least one probe.", "int x;\n"),
        Code("E634", "no such domain", "Only the guest and its VCPUs are probed here.", "@VMK\n" + _EMPTY),
        Code("W601", "never assigned", "A name that is read, but neither declared nor assigned, is always 0.",
             _in("x = ARGO;")),
        Code("W602", "assignment in a condition", "`=` assigns; `==` compares.", _in("if (x = 1) y = 2;")),
        Code("W603", "comparison without use", "`==` compares; `=` assigns.", _in("x = 1; x == 2;")),
    )
}  # fmt: skip
