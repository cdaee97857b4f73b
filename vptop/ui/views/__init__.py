# SPDX-License-Identifier: GPL-2.0-or-later
"""The views of the dashboard, one module each."""
