# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds what is compiled: the C core, the BIOS and the bundled guest. Needs ziglang and pyelftools, nothing else."""
