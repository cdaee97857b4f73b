# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames in time and what is read out of them: measures, kinds of views, filters, stacks, percentiles. No Textual."""
