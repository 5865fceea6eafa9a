"""What all tests may use."""

import ctypes
import os

import pytest

DAC_OVERRIDE, DAC_READ_SEARCH = 1 << 1, 1 << 2
VERSION_3 = 0x20080522


class _Capabilities(ctypes.Structure):
    """Two times three words: effective, permitted, inheritable (Linux, capget(2))."""

    _fields_ = [("words", ctypes.c_uint32 * 6)]


@pytest.fixture
def unprivileged():
    """Let permissions count for root, too, who otherwise may read and write everything."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, caps = (ctypes.c_uint32 * 2)(VERSION_3, 0), _Capabilities()
    assert libc.capget(header, ctypes.byref(caps)) == 0
    before = caps.words[0]
    caps.words[0] = before & ~(DAC_OVERRIDE | DAC_READ_SEARCH)
    assert libc.capset(header, ctypes.byref(caps)) == 0
    yield
    caps.words[0] = before
    assert libc.capset(header, ctypes.byref(caps)) == 0
