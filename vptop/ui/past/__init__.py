# SPDX-License-Identifier: GPL-2.0-or-later
"""The past of a machine in the dashboard."""
