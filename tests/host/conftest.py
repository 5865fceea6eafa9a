"""Calls of plugins that hang."""

import threading

import pytest


class Hanging:
    """Waits until the test is over; what it does then comes too late."""

    def __init__(self, late=lambda *_: None):
        self._over, self._late = threading.Event(), late
        self.ended = threading.Event()

    def __call__(self, *arguments):
        self._over.wait()
        try:
            return self._late(*arguments)
        finally:
            self.ended.set()

    def end(self):
        self._over.set()


@pytest.fixture
def hang():
    """Return calls that hang until the end of the test."""
    hanging = []

    def make(*late):
        hanging.append(Hanging(*late))
        return hanging[-1]

    yield make
    for each in hanging:
        each.end()
