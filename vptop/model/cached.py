# SPDX-License-Identifier: GPL-2.0-or-later
"""Values that are worked out when they are first looked at, in whichever thread that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class cached(Generic[T]):  # noqa: N801 - used as a decorator
    """functools.cached_property without its lock.

    That of Python 3.11 is one for all instances: while a thread works out the column of one Frame, the user interface
    would wait for it to look at another Frame's. Two threads may both work out a value here; it is the same.
    """

    def __init__(self, work: Callable[[Any], T]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> cached[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> cached[T] | T:
        if instance is None:
            return self
        value = vars(instance)[self._name] = self._work(instance)
        return value
