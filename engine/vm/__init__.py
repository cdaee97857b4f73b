# SPDX-License-Identifier: GPL-2.0-or-later
"""The VM process, its protocol and its clients."""
