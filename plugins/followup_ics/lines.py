"""Content lines (RFC 5545, section 3.1) as people's programs write them, mended so that the library reads them.

Only what can mean but one thing is mended: a parameter without a value, quotes within quotes, a zone with a colon in
its name, a time without seconds. What could mean several things stays as it is, and makes its entry a reported problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from followup_ics.flaws import FlawError, senseless
from followup_ics.text import MOST_LINES
from followup_rules.plain import one_line
from followup_rules.sentences import Sentence

ZONE = "X-FOLLOWUP-ZONE"
"""The parameter in which a line keeps its TZID; the library, which has only some zones and keeps those of the file
before, does not see it."""
DAYS = "X-FOLLOWUP-DAYS"
"""The parameter in which a duration keeps how many days of the calendar are in it."""
MOST_DATES = 10_000
"""Of one line."""

_VALUE = r'(?:"[^"]*"|[^",;:]*)'
_SOUND = re.compile(rf"[A-Z-]+[ \t]*(?:;[A-Z0-9-]+={_VALUE}(?:,{_VALUE})*)*:", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z-]+")
_NEXT_PARAMETER = re.compile(r";(?=[A-Za-z][A-Za-z0-9-]*(?:[=;]|$))")
_TZID = re.compile(r";TZID=(.*?)(?=;[A-Z-]+=|$)", re.IGNORECASE)
_FUTURE = re.compile(r";RANGE=\"?THISANDFUTURE", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{8})(?:T(\d{4})(\d\d)?(?:\.\d+)?(Z?))?", re.IGNORECASE)
_DURATION = re.compile(r"([+-]?)P?(T?(?:\d+[WDHMS]T?)+)", re.IGNORECASE)
_PART = re.compile(r"(\d+)([WDHMS])", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:", re.IGNORECASE)

_AS_EVER = frozenset({("RSCALE", "GREGORIAN"), ("SKIP", "OMIT")})
"""Parts of a rule that say what holds without them (RFC 7529, section 4.1)."""

DATES = {
    "DTSTART": Sentence("start"),
    "DTEND": Sentence("end"),
    "DURATION": Sentence("duration"),
    "RECURRENCE-ID": Sentence("original time"),
    "EXDATE": Sentence("exception"),
    "RDATE": Sentence("further date"),
}
"""Names of what must be a date, a time or a duration, as people say them."""
RULES = dict.fromkeys(("RRULE", "EXRULE"), Sentence("recurrence rule"))
"""What recurs, and what is excepted: RFC 2445, section 4.8.5.2. RFC 5545 dropped it; old series still have it."""
_LISTS = frozenset({"EXDATE", "RDATE"})
_PEOPLE = frozenset({"ATTENDEE", "ORGANIZER"})
_OF_PEOPLE = frozenset({"CN", "CUTYPE", "EMAIL", "PARTSTAT", "ROLE", "SENT-BY"})
_MANY = frozenset({"ATTENDEE", *RULES, *_LISTS})


def mended(text: str) -> Iterator[str]:
    """Yield the lines of an entry, each property once that may stand only once. Raises FlawError."""
    if text.count("\n") >= MOST_LINES:
        raise FlawError(Sentence("it has more than {most} lines; make it smaller", most=f"{MOST_LINES:,}"))
    known: dict[str, str] = {}
    for written in text.split("\n"):
        for name, line in _mended(written):
            if name in DATES and known.get(name, line) != line and name not in _LISTS:
                raise FlawError(
                    Sentence(
                        "it has two of what it may have once, its {what} ({name}); delete one",
                        what=DATES[name],
                        name=name,
                    ),
                    name,
                )
            if name in _MANY or name not in known:
                known[name] = line
                yield line


def _mended(line: str) -> Iterator[tuple[str, str]]:
    """Yield name and line, or nothing if there is nothing in it. Raises FlawError."""
    found = _NAME.match(line)
    name = found[0].upper() if found else ""
    sound = _SOUND.match(line)
    if name in DATES:
        head, value = _split_date(name, line)
        mend = _duration if name == "DURATION" else _dates
        yield from ((name, each) for each in mend(name, head, value.strip()))
    elif name in RULES:
        rule = _rule(name, line.partition(":")[2].strip(' \t"'))
        yield from [(name, f"{name}:{rule}")] if rule else []
    elif name == "SEQUENCE":
        number = line.partition(":")[2].strip()
        # Without it the revision is 0: better than an entry that cannot be read.
        yield from [(name, f"SEQUENCE:{number}")] if re.fullmatch(r"\d{1,9}", number) else []
    elif name in _PEOPLE:
        yield name, line if sound and not _loose(line, sound.end()) else _person(name, line)
    else:
        value = line[sound.end() :] if sound else line.partition(":")[2]
        yield from [(name, line if sound else f"{name}:{value}")] if value.strip() else []


def _split_date(name: str, line: str) -> tuple[str, str]:
    """Return what stands before the value of a date, and the value: no date has a colon, and names of zones may."""
    if line[len(name) :].lstrip().startswith(":"):
        return name, line.partition(":")[2]
    head, _, value = line.rpartition(":")
    return head, value


def _dates(name: str, head: str, value: str) -> Iterator[str]:
    """Yield a line of dates or times; an exception or further date that is empty says nothing."""
    written = [part.strip() for part in value.split(",", MOST_DATES)]
    if len(written) > MOST_DATES:
        raise FlawError(
            Sentence("it lists more than {most} dates ({name}); make it smaller", most=f"{MOST_DATES:,}", name=name)
        )
    periods = "VALUE=PERIOD" in head.upper()
    whole_days = "VALUE=DATE;" in f"{head.upper()};"
    found = [_period(name, part) if "/" in part and name == "RDATE" else _moment(name, part, whole_days=whole_days)
             for part in written if part or name not in _LISTS]  # fmt: skip
    if found:
        zone = _TZID.search(head)
        parameters = (
            ";VALUE=PERIOD" if periods else "",
            ";RANGE=THISANDFUTURE" if _FUTURE.search(head) else "",
            f';{ZONE}="{zone[1].replace(chr(34), "")}"' if zone else "",
        )
        yield f"{name}{''.join(parameters)}:{','.join(found)}"


def _moment(name: str, written: str, *, whole_days: bool = False) -> str:
    found = _MOMENT.fullmatch(written)
    if not found:
        shown = one_line(written, 60)
        raise FlawError(
            Sentence(
                "its {what} is no date and no time ({name}: {shown!r}); set it anew",
                what=DATES[name],
                name=name,
                shown=shown,
            ),
            name,
        )
    day, time, seconds, utc = found.groups()
    # ":60" is a leap second (section 3.3.12), which Python does not know.
    return day if whole_days or not time else f"{day}T{time}{min(seconds or '00', '59')}{utc.upper()}"


def _period(name: str, written: str) -> str:
    begin, _, end = written.partition("/")
    return f"{_moment(name, begin)}/{_moment(name, end) if end[:1].isdigit() else _elapsed(end)}"


def _duration(name: str, _: str, value: str) -> Iterator[str]:
    if value:
        elapsed = _elapsed(value)
        yield f"{name};{DAYS}={elapsed.partition('D')[0].replace('P', '')}:{elapsed}"


def _elapsed(written: str) -> str:
    """Return a duration as RFC 5545 has it (section 3.3.6), also of `1H30M`, `PT1H`, `P1H` and `P1DT`."""
    found = _DURATION.fullmatch("".join(written.split()))
    parts = [(int(number), unit.upper()) for number, unit in _PART.findall(found[2])] if found else []
    if not found or not parts or sum(c.isdigit() for c in found[2]) != sum(len(str(n)) for n, _ in parts):
        raise FlawError(
            Sentence("its duration is none (DURATION: {written!r}); set its end anew", written=one_line(written, 60)),
            "DURATION",
        )
    # Days stay days, hours stay hours: over a change of the clocks they differ (section 3.3.6).
    days = sum(number * {"W": 7, "D": 1}.get(unit, 0) for number, unit in parts)
    seconds = sum(number * {"H": 3_600, "M": 60, "S": 1}.get(unit, 0) for number, unit in parts)
    return f"{found[1]}P{days}DT{seconds}S"


def _rule(property_: str, written: str) -> str:
    """Return a recurrence rule without what is empty or not of RFC 5545. Raises FlawError if it says not how often."""
    said: list[tuple[str, str]] = []
    for name, _, value in (part.strip().upper().partition("=") for part in written.split(";")):
        listed = ",".join(filter(None, (item.strip() for item in value.split(","))))
        # RFC 2445 (section 4.3.10) allowed X- parts in rules, and old calendars hold them.
        if listed and not name.startswith("X-"):
            said.append((name.strip(), listed))
    # vCalendar 1.0 wrote other rules (W1 TH #3): such a meeting is none that takes place once.
    if written.strip(" \t;") and "FREQ" not in dict(said):
        raise senseless(RULES[property_], property_, written)
    return ";".join(f"{name}={value}" for name, value in said if (name, value) not in _AS_EVER)


def _person(name: str, line: str) -> str:
    """Return a line that names somebody, with the parameters that can be told apart; the address stands last."""
    mailto = list(_MAILTO.finditer(line))
    begin = mailto[-1].start() if mailto else line.rfind(":") + 1
    head, address = line[:begin], line[begin:]
    parameters = [part.partition("=") for part in _NEXT_PARAMETER.split(head.rstrip(" \t:"))[1:]]
    kept = [(key.upper(), value.strip('" \t').replace('"', "'")) for key, equals, value in parameters if equals]
    return "".join([name, *(f';{key}="{value}"' for key, value in kept if key in _OF_PEOPLE), ":", address])


def _loose(line: str, begin: int) -> bool:
    """Tell whether something else stands before the address: the name had a colon, and was not quoted."""
    mailto = list(_MAILTO.finditer(line, begin))
    return bool(mailto) and bool(_MAILTO.sub("", line[begin : mailto[-1].start()]).strip())
