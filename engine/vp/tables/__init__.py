# SPDX-License-Identifier: GPL-2.0-or-later
"""The language as tables: builtins, forms, conversions, variables and probe points."""
