# SPDX-License-Identifier: GPL-2.0-or-later
"""A Frame as a file: vprobe.out text, JSON, CSV. No Textual."""
