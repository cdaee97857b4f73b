# SPDX-License-Identifier: GPL-2.0-or-later
"""Text to syntax tree: lexemes, parentheses, the grammar, the parser, and the tree as text again."""
