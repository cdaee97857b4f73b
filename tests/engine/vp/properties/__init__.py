# SPDX-License-Identifier: GPL-2.0-or-later
"""Properties of the language: reading, checking, printing."""
