# SPDX-License-Identifier: GPL-2.0-or-later
"""Text to syntax tree: lexemes, repair of parentheses, grammar and parser; and the tree to text."""
