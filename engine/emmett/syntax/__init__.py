# SPDX-License-Identifier: GPL-2.0-or-later
"""Emmett text to a syntax tree: words, preprocessor, grammar."""
