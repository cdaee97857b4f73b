# SPDX-License-Identifier: GPL-2.0-or-later
"""Semantic analysis: definitions, names, types, formats and constants."""
