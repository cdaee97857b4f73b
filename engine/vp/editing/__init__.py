# SPDX-License-Identifier: GPL-2.0-or-later
"""Services for editors: the tokens of a text, completion, and the meaning of a word."""
