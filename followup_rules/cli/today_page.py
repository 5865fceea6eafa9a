"""What `followup today` prints: one page, the most pressing first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from followup_rules.cli import agenda
from followup_rules.cli import page as pages
from followup_rules.cli.case_days import UNTITLED
from followup_rules.cli.duties import short
from followup_rules.cli.page import Clause, Page
from followup_rules.cli.speech import tr
from followup_rules.cli.today import Day, Made, Owed
from followup_rules.model import DRAFT, NOTICE, TASK
from followup_rules.sentences import Sentence
from followup_rules.tick.run import Report

_INDENT = 2
# Of a notice so many lines are shown; all of it was printed by the run that gave it, and `--json` holds it.
_MOST_LINES = 6


def show(report: Report, day: Day) -> None:
    """Print the page."""
    page = Page()
    page.row((), 0, [(Sentence("Today · {now}", now=pages.absolute(report.now)), "bold")])
    page.title(Sentence("What you owe"))
    for each in day.owed:
        _add_owed(page, each, report.now)
    if not day.owed:
        page.row((), _INDENT, [Sentence("nothing now")])
    _add_notices(page, day.notices, report.now)
    _add_others(page, Sentence("Held back"), day.held, report.now)
    _add_others(page, Sentence("Not to be decided now"), day.undecided, report.now)
    _add_coming(page, day, report.now)
    _add_closing(page, day)
    page.print()


def _add_others(page: Page, title: Sentence, others: Sequence[Owed], now: datetime) -> None:
    """Add what is not owed now, with the reason."""
    if others:
        page.title(title)
    for each in others:
        about = [pages.in_words(each.decision.reason, now), *_who(each), short(each.decision, each.file, each.part)]
        page.row([pages.SIGNS[each.decision.state]], _INDENT, [(each.title, "bold")], about)


def _add_owed(page: Page, owed: Owed, now: datetime) -> None:
    when = pages.when(owed.since, now)
    since = Sentence("since {when}", when=when) if owed.since <= now else Sentence("due {when}", when=when)
    late: list[Clause] = [(Sentence("late"), "bold yellow")] if owed.decision.late else []
    next_run = Sentence("the next run makes it")
    unmade: list[Clause] = [] if any(each.there for each in owed.made) else [(next_run, "yellow")]
    about = [*late, since, *_who(owed), short(owed.decision, owed.file), *unmade]
    page.row([("●", "bold yellow" if owed.decision.late else "bold green")], _INDENT, [(owed.title, "bold")], about)
    for each in (each for each in owed.made if each.there):
        page.piece(_INDENT, _place(each))


def _place(made: Made) -> str:
    """Return what it is, and where it is to be opened; of an output that cannot tell, its name."""
    place = _shown(made.place) or made.output
    if made.action.type == DRAFT:
        return Sentence("draft: {place}", place=place)
    return Sentence("task: {place}", place=place) if made.action.type == TASK else f"{made.action.type}: {place}"


def _add_notices(page: Page, notices: Sequence[Owed], now: datetime) -> None:
    """Add the notices; what a rule has to say stands below its first one, for the others say much the same."""
    if notices:
        page.title(Sentence("Notices"))
    for number, notice in enumerate(notices):
        since = Sentence("since {when}", when=pages.when(notice.since, now))
        first = notice.decision.rule not in {each.decision.rule for each in notices[:number]}
        text = next((made.action.text for made in notice.made if made.action.type == NOTICE), "") if first else ""
        lines = [line for line in text.splitlines() if line.strip()]
        body: list[Clause] = [*lines[:_MOST_LINES], *([("...", "dim")] if len(lines) > _MOST_LINES else [])]
        about: list[Clause] = [(short(notice.decision, notice.file), "dim"), (since, "dim")]
        page.row([("!", "cyan")], _INDENT, [(notice.title, "bold")], *([line] for line in body), about)


def _add_coming(page: Page, day: Day, now: datetime) -> None:
    """Add what comes next; what opens at once in one case stands on one line."""
    if day.coming:
        page.title(Sentence("Coming"))
    for (at, _, what, title), entries in groupby(day.coming, key=lambda it: (it.at, it.case, it.what, it.title)):
        rules = [entry.rule for entry in entries if entry.rule]
        sign = agenda.SIGNS[what]
        shown: list[Clause] = [title or UNTITLED, *([", ".join(rules)] if rules else [])]
        page.row([sign], _INDENT, [pages.when(at, now), *shown])


def _add_closing(page: Page, day: Day) -> None:
    page.row((), 0)
    page.row((), 0, [Sentence("Next:")])
    for each in day.owed[:1]:
        page.command("done", short(each.decision, each.file))
        page.command("snooze", short(each.decision, each.file), "until", tr(Sentence("tomorrow")))
    for each in day.notices[:1]:
        page.command("dismiss", short(each.decision, each.file))
    cases = [each.file.name for each in (*day.owed, *day.held, *day.notices)]
    page.command("explain", *cases[:1])


def _who(owed: Owed) -> list[Clause]:
    return [", ".join(person.name or person.address for person in owed.people)] if owed.people else []


def _shown(place: str) -> str:
    """Return a place as short as it can be typed here: below this folder, or below the user's."""
    if "://" in place or not place:
        return place
    path = Path(place)
    for base, sign in ((Path.cwd(), ""), (Path.home(), "~")):
        if path.is_relative_to(base):
            return str(Path(sign) / path.relative_to(base))
    return place
