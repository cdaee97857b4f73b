# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest nobody told us anything about: the VP prelude that fits any operating system."""

from __future__ import annotations

PRELUDE_FILE = "<prelude>"
PRELUDE = """\
(defstring os~name)

; Processes are told apart by their address spaces: the page tables CR3 points to.
(defun curpid () (>> CR3 12))

(defun curprocname ()
  (sprintf os~name "cr3 0x%x" (& CR3 0xfffffffffffff000))
  os~name)
"""
"""`curprocname` and `curpid`, so that scripts written for any guest load here too."""
