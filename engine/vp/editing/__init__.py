# SPDX-License-Identifier: GPL-2.0-or-later
"""What editors ask of a text: its tokens, and what can complete the word at a place."""
