# SPDX-License-Identifier: GPL-2.0-or-later
"""A Moment of a Session as a file: what every format makes of it. No Textual."""
