# SPDX-License-Identifier: GPL-2.0-or-later
"""A second implementation of VP, in plain Python, that the tests hold the compiler and the C core against.

It is written from the VProbes Programming Reference (chapters 2 and 3) and shares nothing with engine.vp or
engine.core, not even the parser: where the two disagree, one of them has misread the manual.

Where the manual is silent, these are the rules of the language as vptop defines it: shift counts of 64 and more give
0; `/`, `%` and comparisons are unsigned; `&&` and `||` give 1 or 0; a `cond` of which no branch is taken gives 0 or
the empty string; strings are passed to functions, and returned from them, by reference, a literal as a fresh string;
the sum behind an average wraps at 64 bits; of several pairs with one key the newest leaves a bag first; one printf
writes 4095 bytes at most; a conversion that printf does not know ends the firing, as it is refused in a literal.
"""
