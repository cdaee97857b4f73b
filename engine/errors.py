# SPDX-License-Identifier: GPL-2.0-or-later
"""The root of the exceptions that vptop raises on purpose. `str()` of each is a message for people.

Catch `VptopError` to report any of them in a line; catch its subclasses to react:

* `InputError`: correct what was given (a file, a setting, a script) and try again. Nothing has changed.
* `MachineStoppedError`: the machine cannot go on. Its last Frame can still be read; close it and power on another.
* Every other subclass says in its docstring what a caller can do.

A bug in vptop is never a `VptopError`.
"""

from __future__ import annotations


class VptopError(Exception):
    """Something that was asked for cannot be done; the message says what, where and why."""


class InputError(VptopError):
    """A file, setting or script that was given is wrong. Correct it and try again; nothing has changed."""


class MachineStoppedError(VptopError):
    """The machine cannot go on. Read its last Frame if you like, then close it and power on another."""
