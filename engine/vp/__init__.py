# SPDX-License-Identifier: GPL-2.0-or-later
"""The VP language: text to Program. Knows no machine."""
