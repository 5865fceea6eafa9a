"""Where programs keep or leave calendars as files, for a new user to choose from; and whose a calendar seems to be."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from followup_ics.source import LARGEST
from followup_ics.text import contents
from followup_rules import Person, Place, Unreadable, people, regular_files
from followup_rules.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_END = ".ics"
_DOWNLOADS = ("Downloads", "Téléchargements", "Documents", "Desktop", "Bureau", "")
_TAKEOUT = "Takeout*/Calendar", "Takeout*/Agenda"
_PROGRAMS = (
    ("Library/Calendars", "Apple Calendar"),
    (".local/share/evolution/calendar/system", "GNOME Calendar"),
    (".local/share/evolution/calendar/local", "GNOME Calendar"),
    (".local/share/korganizer", "KOrganizer"),
    (".local/share/khal/calendars", "khal"),
    (".calendars", "~/.calendars"),
    (".local/share/vdirsyncer", "vdirsyncer"),
)
_MOST_ENTRIES = 3_000
_ADDRESS = re.compile(
    r"^(?:ATTENDEE|ORGANIZER)\b(.*?):\s*mailto:\s*([^\s;,]+@[^\s;,]+)\s*$", re.IGNORECASE | re.MULTILINE
)
# By the rest Apple's servers alone reach somebody (RFC 7986, section 6.2).
_EMAIL = re.compile(r';EMAIL="?([^\s";:,]+@[^\s";:,]+)', re.IGNORECASE)
_NAME = re.compile(r";CN=(?:\"([^\"]*)\"|([^;:]*))", re.IGNORECASE)
_CALLED = re.compile(r"^X-WR-CALNAME[^:\n]*:\s*(\S+@\S+)\s*$", re.IGNORECASE | re.MULTILINE)


def usual(home: Path) -> Iterator[Place]:
    """Yield the places of calendars: exports where downloads go, archives of Google, the folders of programs."""
    for parent in _DOWNLOADS:
        for pattern in _TAKEOUT:
            archives = [place for folder in _found(home / parent, pattern) for place in _found(folder, f"*{_END}")]
            yield from (Place(place, "Google Takeout") for place in _largest_first(archives))
        yield from (Place(place, f"~/{parent}") for place in _largest_first(_found(home / parent, f"*{_END}")))
    for parent, program in _PROGRAMS:
        if next((home / parent).rglob(f"*{_END}"), None):
            yield Place(home / parent, program)


def reads(path: Path) -> bool:
    """Tell whether a file begins as a calendar does, or a folder holds such files."""
    with suppress(OSError):
        if path.is_dir():
            return any(path.rglob(f"*{_END}"))
        with regular_files.opened(path) as content:
            return b"BEGIN:VCALENDAR" in content.read(400).replace(b"\0", b"").upper()
    return False


def owners(path: Path) -> list[Person]:
    """Return whom a calendar is of: by its name, as Google gives it, else who takes part in most of its meetings."""
    texts, called = _texts(path)
    seen: Counter[str] = Counter()
    names: defaultdict[str, str] = defaultdict(str)
    for text in texts:
        reached = [(_EMAIL.search(parameters), parameters, written) for parameters, written in _ADDRESS.findall(text)]
        by_address = {(email[1] if email else written).lower(): parameters for email, parameters, written in reached}
        for address, parameters in by_address.items():
            name = _NAME.search(parameters)
            someone = people.person(address, one_line((name[1] or name[2] or "") if name else ""))
            if someone:
                seen[someone.address] += 1
                names[someone.address] = names[someone.address] or someone.name
    meetings = sum(bool(_ADDRESS.search(text)) for text in texts)
    most = max(seen.values(), default=0)
    # Of a single meeting, and of two who take part in the same ones, nobody can tell which of them has exported it.
    own = [each for each, number in seen.items() if number == most and meetings > 1 and 2 * number > meetings]
    own = own if len(own) == 1 else []
    return [Person(each, names[each]) for each in dict.fromkeys([*called, *own])]


def _found(folder: Path, pattern: str) -> list[Path]:
    with suppress(OSError):
        return sorted(place for place in folder.glob(pattern) if pattern.startswith("Takeout") or place.is_file())
    return []


def _largest_first(files: list[Path]) -> list[Path]:
    """Put a whole calendar before the single invitation that was downloaded beside it."""
    return sorted(files, key=lambda file: (-file.stat().st_size, file.name))


def _texts(path: Path) -> tuple[list[str], list[str]]:
    """Return the entries as they are written, and the addresses that calendars are called by."""
    texts: list[str] = []
    called: list[str] = []
    with suppress(OSError):
        files, _ = regular_files.read_all(regular_files.find(path, _END), LARGEST)
        for name, content in files.items():
            called += [address.lower() for address in _CALLED.findall(content.decode(errors="replace"))]
            with suppress(Unreadable):
                texts += [entry.text for entry in contents(name, content).entries]
            if len(texts) > _MOST_ENTRIES:
                break
    return texts[:_MOST_ENTRIES], called
