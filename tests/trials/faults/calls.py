"""The kinds of faults that strike a run at one of its calls."""

from __future__ import annotations

import errno
import signal
from random import Random

from tests.trials.faults import child
from tests.trials.faults.child import Ran
from tests.trials.faults.kind import Kind
from tests.trials.faults.lab import Lab
from tests.trials.faults.shim import Deed, Fault, Op, failing
from tests.trials.faults.world import NOW

WRITES, SYNCS = 1 << Op.WRITE, 1 << Op.SYNC
KILL = Fault(Deed.SIGNAL_BEFORE, signal.SIGKILL)
KILL_AFTER = Fault(Deed.SIGNAL_AFTER, signal.SIGKILL)


def _at_call(name: str, about: str, fault: Fault) -> Kind:
    def play(lab: Lab, number: int) -> list[Ran]:
        return [child.run(lab.fresh(), NOW, fault, number)]

    return Kind(name, about, play, lambda lab: _calls(lab, fault.mask))


def _calls(lab: Lab, mask: int) -> int:
    """Return how many calls of some kinds an undisturbed run makes."""
    return child.run(lab.fresh(), NOW, Fault(mask=mask)).calls


def _kills(times: int) -> Kind:
    """The run is killed, and so are the next ones: anywhere, differently for every number."""

    def play(lab: Lab, number: int) -> list[Ran]:
        chance, folder, runs = Random(f"{times} {number}"), lab.fresh(), []
        for _ in range(times):
            at = chance.randrange(1, lab.reference().calls + 1)
            runs.append(child.run(folder, NOW, chance.choice((KILL, KILL_AFTER)), at))
            while not runs[-1].died and runs[-1].calls > 1 and len(runs) < 2 * times:
                at = chance.randrange(1, runs[-1].calls + 1)
                runs.append(child.run(folder, NOW, KILL, at))
        return runs

    names = {2: "killed-twice", 3: "killed-thrice"}
    return Kind(names[times], f"killed {times} times on the way", play, lambda _: 1_000_000)


CALLS = (
    _at_call("killed-before", "SIGKILL just before a call", KILL),
    _at_call("killed-after", "SIGKILL just after a call", KILL_AFTER),
    _at_call("torn-write", "half a write, then SIGKILL", Fault(Deed.TORN, mask=WRITES)),
    _at_call("terminated", "SIGTERM", Fault(Deed.SIGNAL_BEFORE, signal.SIGTERM)),
    _at_call("interrupted", "SIGINT, as from Ctrl-C", Fault(Deed.SIGNAL_BEFORE, signal.SIGINT)),
    _at_call("hung-up", "SIGHUP, as from a closed terminal", Fault(Deed.SIGNAL_BEFORE, signal.SIGHUP)),
    _at_call("eio", "one call fails: input/output error", failing(errno.EIO)),
    _at_call("eio-onward", "every call from then on fails: the disk is gone", failing(errno.EIO, lasts=True)),
    _at_call("enospc", "one call fails: no space left", failing(errno.ENOSPC)),
    _at_call("enospc-onward", "every call from then on fails: the disk is full", failing(errno.ENOSPC, lasts=True)),
    _at_call("erofs-onward", "from then on the disk is read-only", failing(errno.EROFS, lasts=True)),
    _at_call("eacces-onward", "from then on nothing is permitted", failing(errno.EACCES, lasts=True)),
    _at_call("eintr", "one call is interrupted by a signal", failing(errno.EINTR)),
    _at_call("short-write", "one write takes only half", Fault(Deed.SHORT, mask=WRITES)),
    _at_call("fsync-fails", "one fsync fails", failing(errno.EIO, mask=SYNCS)),
    _at_call("fsync-fails-onward", "every fsync from then on fails", failing(errno.EIO, mask=SYNCS, lasts=True)),
    _kills(2),
    _kills(3),
)
