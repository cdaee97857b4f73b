# SPDX-License-Identifier: GPL-2.0-or-later
"""The widgets of the dashboard, one thing each."""
