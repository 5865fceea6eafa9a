"""A property of a record that is computed when it is first asked for, and then kept in the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class computed(Generic[T]):  # noqa: N801 -- it is used like a function
    """Decorate a method without arguments of a class whose objects have a `__dict__`.

    `functools.cached_property` takes a lock up to Python 3.11 (removed by bpo-43468), which costs more than most of
    what is computed here for each event and each duty.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self._name = ""
        self.__doc__ = compute.__doc__

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, it: None, owner: type | None = None) -> Self: ...

    @overload
    def __get__(self, it: object, owner: type | None = None) -> T: ...

    def __get__(self, it: object | None, owner: type | None = None) -> Self | T:
        """Compute it; once it is in `__dict__`, Python finds it there before it asks here."""
        if it is None:
            return self
        value: T = self._compute(it)
        it.__dict__[self._name] = value
        return value
