# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions to seconds that have passed: checkpoints made by fork, and processes that run again from them.

A virtual machine is one thread, deterministic, and scripts never change it. So a forked copy of its process is a
checkpoint, and running that copy again with the same input gives the same blocks, whatever scripts it has loaded.
"""
