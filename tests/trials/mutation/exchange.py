"""Puts changed code in the place of what is in memory, without importing anything anew."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import CodeType, FunctionType
from typing import NamedTuple

from tests.trials.mutation.suite import CODE


class _Place(NamedTuple):
    """What tells a function of a file from the others."""

    file: str
    name: str
    line: int


def functions() -> dict[str, list[FunctionType]]:
    """Return the functions of the project that are in memory, by their file."""
    known = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(f"{CODE}/"):
            known[each.__code__.co_filename].append(each)
    return known


def exchange(changed: CodeType, live: Mapping[str, Sequence[FunctionType]], kept: Iterable[Callable[[], None]]) -> bool:
    """Give the functions of a module that are in memory their changed code, and forget what they have returned.

    Return whether all could be given it: a method that calls `super()` no more, or now does, must be imported anew.

    Functions that one place makes several of, such as two lambdas on a line, keep theirs: they are made anew when the
    function around them is called, which has the changed code.
    """
    codes = list(_inner(changed))
    number = Counter(_place(code) for code in codes)
    only = {_place(code): code for code in codes if number[_place(code)] == 1}
    stale = False
    for function in live[changed.co_filename]:
        other = only.get(_place(function.__code__))
        if other and other.co_freevars == function.__code__.co_freevars:
            function.__code__ = other
        elif other:
            stale |= "__class__" in {*other.co_freevars} ^ {*function.__code__.co_freevars}
    for forget in kept:
        forget()
    return not stale


def _place(code: CodeType) -> _Place:
    return _Place(code.co_filename, code.co_qualname, code.co_firstlineno)


def _inner(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _inner(each)
