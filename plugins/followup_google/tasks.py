"""The output `google-tasks`: a task for each action, in a list of its own.

The API knows neither ids of our own nor hidden fields: the key stands on the last line of a task's notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from followup_google.faults import Missing, Odd
from followup_google.ours import essence, nothing_made_unread
from followup_google.service import TASKS, Service
from followup_rules import Action, Context, Refused, Status, Unreadable, plain, sealing
from followup_rules.sealing import EDITED, digest
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from followup_google import TasksOptions

# The most that Tasks.list gives on one page; 20 if nobody asks.
_PAGE = 100
# A little less than Google takes, in characters.
_LONGEST_TITLE, _LONGEST_NOTES = 1_000, 8_000
_MARK = re.compile(r"^seal:[0-9a-f]{16}$", re.MULTILINE)
# No address of a single task is documented.
_PLACE = "https://tasks.google.com/"
_OWN_LINES = re.compile(r"^seal:[0-9a-f]{16}\n\S+\Z", re.MULTILINE)


class Ref(sealing.Ref, frozen=True):
    """What is remembered of a task."""

    list: str
    task: str
    seal: str


class GoogleTasks:
    """The tasks of one account in the list of that name."""

    def __init__(self, options: TasksOptions, context: Context) -> None:
        self._service = Service(TASKS, options, context.profile)
        self._name, self._zone = options.list, context.profile.timezone
        self._id = ""
        self._seen: dict[str, list[Mapping[str, Any]]] = {}

    def create(self, action: Action) -> str:
        """Make the task; one that is there is brought up to date, if it is as we left it."""
        body = _shown(action, self._zone)
        with nothing_made_unread():
            name = self._list()
            if not name:
                made = self._service.write(lambda tasks: tasks.tasklists().insert(body={"title": self._name}))
                name = self._id = str(made["id"])
            found = self._found(name, action.key)
            if found:
                is_ours = self.status([found])[found].state == "open"
                return self.update(found, action) if is_ours else found
            made = self._service.write(lambda tasks: tasks.tasks().insert(tasklist=name, body=body))
        return str(Ref(name, made["id"], _seal(body)))

    def find(self, key: str) -> str | None:
        """Return the reference of the task with this key, finished or not."""
        name = self._list()
        return self._found(name, key) if name else None

    def update(self, ref: str, action: Action) -> str:
        """Write the task anew, unless it shows the action already. Raises Refused if it is gone, edited or finished."""
        known, body = Ref.parse(ref), _shown(action, self._zone)
        there = self._untouched(known, _seal(body))
        if there is None:
            raise Refused(Sentence("the task is no longer there"))
        if _seal(there) != _seal(body):
            changed = {"due": None, **body, "id": known.task}  # null takes a date away
            self._change(lambda tasks: tasks.tasks().patch(tasklist=known.list, task=known.task, body=changed))
        return str(Ref(known.list, known.task, _seal(body)))

    def withdraw(self, ref: str) -> None:
        """Delete the task, if it is there. Raises Refused if the user has edited or finished it."""
        known = Ref.parse(ref)
        if self._untouched(known):
            self._change(lambda tasks: tasks.tasks().delete(tasklist=known.list, task=known.task))

    def place(self, ref: str) -> str:  # noqa: ARG002 -- see _PLACE
        """Return the address of Google Tasks."""
        return _PLACE

    def marked(self) -> Mapping[str, str]:
        """Return the tasks of the list that carry a key and are still to be done, by that, with their titles."""
        name = self._list()
        tasks = self._there(name) if name else ()
        return {
            key: Sentence("{place}: {text}", place=_PLACE, text=str(task.get("title", "")))
            for task in tasks
            for _, key in _marks(task)
            if _status(task, "").state not in ("gone", "done")
        }

    def status(self, refs: Sequence[str]) -> Mapping[str, Status]:
        """Tell of each task whether it is open, touched, done or gone. Raises Unreadable if the list is missing."""
        known = {ref: Ref.parse(ref) for ref in refs}
        lists = sorted({each.list for each in known.values()})
        there = {task["id"]: task for name in lists for task in self._tasks(name)}
        return {ref: _status_now(there.get(each.task), each) for ref, each in known.items()}

    # -- what lies in Google Tasks

    def _list(self) -> str:
        """Return the id of the list; of two of that name, which a crash may have made, always the same one."""
        if not self._id:
            pages = self._service.pages(
                lambda page, tasks: tasks.tasklists().list(maxResults=_PAGE, pageToken=page or None)
            )
            lists = [each for page in pages for each in page.get("items", ())]
            self._id = min((str(each["id"]) for each in lists if each["title"] == self._name), default="")
        return self._id

    def _tasks(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Return all tasks of a list: finished and deleted ones, too, or they would be made again."""
        pages = self._service.pages(
            lambda page, tasks: tasks.tasks().list(
                tasklist=name,
                showCompleted=True,
                showHidden=True,
                showDeleted=True,
                maxResults=_PAGE,
                pageToken=page or None,
            )
        )  # fmt: skip
        try:
            self._seen[name] = [task for page in pages for task in page.get("items", ())]
        except (Missing, Odd) as error:  # of a list that was deleted Google says 400, too
            give_up = Sentence("if you deleted it for good, give this table of the config another name")
            raise Unreadable(
                Sentence("the list in which its tasks lie is missing from Google Tasks; {give_up}", give_up=give_up)
            ) from error
        return self._seen[name]

    def _there(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Return all tasks of a list, as they were when somebody first asked."""
        return self._seen.get(name) or self._tasks(name)

    def _found(self, name: str, key: str) -> str | None:
        for task in self._there(name):
            left = next((seal for seal, line in _marks(task) if line == key), "")
            if left and not task.get("deleted"):
                return str(Ref(name, task["id"], left if left == _seal(task) else EDITED))
        return None

    def _untouched(self, known: Ref, also: str = "") -> Mapping[str, Any] | None:
        """Return the task if it is as we left it, or as `also` says; None if it is gone. Raises Refused if neither."""
        try:
            there = self._service.read(lambda tasks: tasks.tasks().get(tasklist=known.list, task=known.task))
        except (Missing, Odd):
            # Raises if the whole list is missing: then its tasks are not known to be gone.
            there = next((task for task in self._tasks(known.list) if task["id"] == known.task), None)
        became = _status(there, known.seal).state
        if became == "gone":
            return None
        if became == "done" or (became == "touched" and _seal(there) != also):
            raise Refused(
                Sentence(
                    "you have edited or finished the task “{title}”",
                    title=plain.one_line(str(there.get("title", ""))),
                )
            )
        return dict(there)

    def _change(self, ask: Callable[[Any], Any]) -> None:
        try:
            self._service.write(ask)
        except Missing as error:
            raise Refused(Sentence("the task has just gone from Google Tasks")) from error


def _status(task: Mapping[str, Any] | None, seal: str) -> Status:
    if task is None or task.get("deleted"):
        return Status("gone")
    if task.get("status") == "completed":
        return Status("done", datetime.fromisoformat(task["completed"]) if task.get("completed") else None)
    return Status("open" if _seal(task) == seal else "touched")


def _status_now(task: Mapping[str, Any] | None, known: Ref) -> Status:
    """Return what became of a task; by its own seal it may be as a run of another computer left it."""
    became = _status(task, known.seal)
    if task is not None and became.state == "touched" and _left(task) == _seal(task):
        return Status("open", ref=str(Ref(known.list, known.task, _seal(task))))
    return became


def _marks(task: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each seal and key that mark a task, wherever they stand: the user may have written below them."""
    lines = str(task.get("notes", "")).splitlines()
    return ((mark.removeprefix("seal:"), key) for mark, key in pairwise(lines) if key and _MARK.match(mark))


def _left(task: Mapping[str, Any]) -> str:
    """Return the seal that a task of ours bears, which stands before its key; nothing if the user removed it."""
    lines = str(task.get("notes", "")).splitlines()
    return next((mark.removeprefix("seal:") for mark in reversed(lines) if _MARK.match(mark)), "")


def _shown(action: Action, zone: ZoneInfo) -> dict[str, str]:
    """Return a task as it is to be: of the due date, Google keeps the day."""
    title = plain.one_line(action.title, _LONGEST_TITLE) or action.rule
    task = {"title": title, "notes": plain.printable(action.text)[: _LONGEST_NOTES - len(action.key)].strip()}
    task["notes"] = _MARK.sub(r"- \g<0>", task["notes"])
    if action.due:
        task["due"] = f"{action.due.astimezone(zone).date()}T00:00:00.000Z"
    return {**task, "notes": f"{task['notes']}\n\nseal:{_seal(task)}\n{action.key}".strip()}


def _seal(task: Mapping[str, Any]) -> str:
    """Return a hash of what a person would see, but for our own last lines."""
    text = _OWN_LINES.sub("", "\n".join(str(task.get("notes", "")).splitlines()))  # some programs save CRLF
    parts = [" ".join(str(task.get("title", "")).split()), essence(text), str(task.get("due", ""))[:10]]
    return digest("\0".join(parts))
