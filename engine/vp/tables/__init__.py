# SPDX-License-Identifier: GPL-2.0-or-later
"""What VP knows by itself, as data: built-in functions, built-in variables, probe points."""
