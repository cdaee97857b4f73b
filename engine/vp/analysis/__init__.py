# SPDX-License-Identifier: GPL-2.0-or-later
"""Syntax tree to checked script: definitions, names, types, formats, constants."""
