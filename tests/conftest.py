# SPDX-License-Identifier: GPL-2.0-or-later
"""How properties are tried: the same examples in every run; with VPTOP_FUZZ=1 many and new ones (`make fuzz`)."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, database=None, deadline=None)
settings.register_profile("fuzz", max_examples=5000, deadline=None)
settings.load_profile("fuzz" if os.environ.get("VPTOP_FUZZ") else "same")

if "VPTOP_CORE" in os.environ and hasattr(os, "RTLD_DEEPBIND"):
    del os.RTLD_DEEPBIND  # capstone asks for it where it is there; the address sanitizer refuses it
