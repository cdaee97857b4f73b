# SPDX-License-Identifier: GPL-2.0-or-later
"""Checked script to bytecode, and bytecode as a listing."""
