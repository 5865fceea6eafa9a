"""What all tests may use."""

import ctypes
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings

from followup_rules.store.store import open_store
from tests.support.examples import USUAL

pytest_plugins = [
    "tests.support.feedserver",
    "tests.support.googlelab.fixtures",
    "tests.support.oddplugin",
    "tests.support.once_a_process",
]

settings.register_profile("untimed", deadline=None)
settings.register_profile("deep", deadline=None, max_examples=20 * USUAL)
settings.load_profile("untimed")

# What is printed is compared in English, whatever language a test's config and the machine's locale have.
os.environ["FOLLOWUP_LANGUAGE"] = "en"
MEMORY = Path("/dev/shm")
"""A file system in memory, where there is one: each run of the command syncs its store, and a disk takes its time."""
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 4e9:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # pytest's own name for where `tmp_path` begins

WEEKS = ("stories", "trials")
"""Folders whose tests play days and weeks of a person, so that all of them are slow."""
NO_SKIPS = "FOLLOWUP_TESTS_NO_SKIPS"
"""Set where everything that tests need is installed: there a skipped test is a failed one."""
DAC_OVERRIDE, DAC_READ_SEARCH = 1 << 1, 1 << 2
VERSION_3 = 0x20080522


def pytest_addoption(parser):
    parser.addoption("--shard", metavar="K/N", help="run the K-th of N shares of the tests, K from 0 on")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Mark what plays weeks, and keep one share; which one a test is in depends on its name alone."""
    for item in items:
        if item.path.relative_to(config.rootpath / "tests").parts[0] in WEEKS:
            item.add_marker("slow")
    if shard := config.getoption("shard"):
        mine, of = map(int, shard.split("/"))
        chosen = [item for item in items if crc32(item.nodeid.encode()) % of == mine]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen


def _must_run(report):
    if report.skipped and os.environ.get(NO_SKIPS) and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and {NO_SKIPS} is set: {report.longrepr[-1]}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return _must_run((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return _must_run((yield))


@pytest.fixture(autouse=True)
def unlearned(tmp_path_factory):
    """Forget modules that a test wrote and imported: the next one's may have the same name."""
    before, written = set(sys.modules), str(tmp_path_factory.getbasetemp())
    yield
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(written):
            del sys.modules[name]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Let plugins load as slowly as a busy machine makes them; the tests of that limit set their own."""
    for module in ("plugin", "checked_check"):
        monkeypatch.setattr(f"followup_rules.host.{module}.LOADING", timedelta(hours=1))


@pytest.fixture
def kept(tmp_path):
    """Lend an empty store."""
    with open_store(tmp_path / "followup.db") as store:
        yield store


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
