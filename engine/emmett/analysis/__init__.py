# SPDX-License-Identifier: GPL-2.0-or-later
"""Names and types of every expression; the tree becomes operations."""
