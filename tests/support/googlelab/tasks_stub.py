"""The Tasks API, ours: no emulator has it.

It does what Google's documentation says: a due date has no time, a task ticked in Google's own apps is hidden, a
deleted one remains and says so. `tests/plugins/google/test_servers.py` holds it against Google's own description of the API.
Where the documentation is silent it is lenient: bounds are inclusive, and deleting twice is no error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from threading import RLock
from typing import Any

from .wire import Reply, Request, failed, said

DEFAULT = "@default"
NOT_STARTED, COMPLETED = "needsAction", "completed"
_SELF = "https://www.googleapis.com/tasks/v1"
_WRITABLE = {"title": str, "notes": str, "status": str, "due": str, "completed": str, "deleted": bool}
_LONGEST = {"title": 1024, "notes": 8192}
_BOUNDS = ("updated", "completed", "due")


class _WrongError(Exception):
    """A request that is answered with an error."""

    def __init__(self, code: int, message: str) -> None:
        self.reply = failed(code, message=message)


@dataclass
class TaskList:
    """One list: its tasks in the order in which the user sees them."""

    id: str
    title: str
    updated: str
    tasks: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """Return what the API says of it."""
        return {
            "kind": "tasks#taskList",
            "id": self.id,
            "title": self.title,
            "updated": self.updated,
            "etag": _etag(self.title, self.updated),
            "selfLink": f"{_SELF}/users/@me/lists/{self.id}",
        }

    def task(self, task: str) -> dict[str, Any]:
        """Return a task by its id."""
        found = next((each for each in self.tasks if each["id"] == task), None)
        if found is None:
            raise _WrongError(404, "Task not found.")
        return found

    def view(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the API says of a task."""
        siblings = [each["id"] for each in self.tasks if each.get("parent") == task.get("parent")]
        return {
            "kind": "tasks#task",
            **task,
            "etag": _etag(*map(str, task.values())),
            "position": f"{siblings.index(task['id']):020}",
            "selfLink": f"{_SELF}/lists/{self.id}/tasks/{task['id']}",
            "webViewLink": f"https://tasks.google.com/task/{task['id']}",
            "links": [],
        }


@dataclass
class Tasks:
    """The lists of all users; a list that nobody made is there, as with Google."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _lists: dict[str, list[TaskList]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=partial(count, 1))
    _lock: RLock = field(default_factory=RLock)

    def lists(self, user: str) -> list[TaskList]:
        """Return a user's lists, the default one first."""
        return self._lists.get(user) or [self._listed(user, "My Tasks")]

    def reply(self, request: Request) -> Reply:
        """Answer a request of a user who is known."""
        with self._lock:
            try:
                return self._routed(request)
            except _WrongError as wrong:
                return wrong.reply

    def change(self, kept: dict[str, Any], wanted: Mapping[str, Any]) -> None:
        """Change a task as the API does, whoever asks for it."""
        for name, value in wanted.items():
            if name in _WRITABLE and value is not None:
                kept[name] = _checked(name, value)
            elif name in _WRITABLE:
                kept.pop(name, None)
        kept["status"] = kept.get("status", NOT_STARTED)
        kept["updated"] = _instant(self.now())
        if kept["status"] == COMPLETED:
            kept.setdefault("completed", kept["updated"])
        else:
            kept.pop("completed", None)
            kept.pop("hidden", None)

    def _routed(self, request: Request) -> Reply:
        for method, path, answer in _ROUTES:
            found = path.fullmatch(request.path) if method == request.method else None
            if found:
                return answer(self, request, *map(partial(self._named, request.user), found.groupdict().items()))
        return failed(404)

    def _named(self, user: str, group: tuple[str, str]) -> Any:
        """Return the list that a path names; a task's id as it is."""
        name, value = group
        if name == "task":
            return value
        found = [each for each in self.lists(user) if value in (each.id, DEFAULT)]
        if not found:
            raise _WrongError(404, "Task list not found.")
        return found[0]

    def _listed(self, user: str, title: str) -> TaskList:
        made = TaskList(self._id("list"), title, _instant(self.now()))
        self._lists.setdefault(user, []).append(made)
        return made

    def _id(self, kind: str) -> str:
        return f"{kind}{next(self._numbers):06}"

    def _all_lists(self, request: Request) -> Reply:
        return _page("tasks#taskLists", [each.shown() for each in self.lists(request.user)], request, 1000)

    def _new_list(self, request: Request) -> Reply:
        self.lists(request.user)  # so that the default one is first
        return said(self._listed(request.user, str(_body(request).get("title", ""))).shown())

    def _one_list(self, _: Request, tasklist: TaskList) -> Reply:
        return said(tasklist.shown())

    def _all(self, request: Request, tasklist: TaskList) -> Reply:
        found = [tasklist.view(task) for task in tasklist.tasks if _wanted(task, request.query)]
        return _page("tasks#tasks", found, request, 20)

    def _one(self, _: Request, tasklist: TaskList, task: str) -> Reply:
        return said(tasklist.view(tasklist.task(task)))

    def _new(self, request: Request, tasklist: TaskList) -> Reply:
        """A new task is the first, or follows the one that is named."""
        previous, parent = (request.query.get(name) for name in ("previous", "parent"))
        place = tasklist.tasks.index(tasklist.task(previous)) + 1 if previous else 0
        made = {"id": self._id("task"), "title": ""} | ({"parent": tasklist.task(parent)["id"]} if parent else {})
        self.change(made, _body(request))
        tasklist.tasks.insert(place, made)
        return said(tasklist.view(made))

    def _patched(self, request: Request, tasklist: TaskList, task: str) -> Reply:
        kept = tasklist.task(task)
        self.change(kept, _body(request))
        return said(tasklist.view(kept))

    def _replaced(self, request: Request, tasklist: TaskList, task: str) -> Reply:
        body = _body(request)
        if body.get("id") != task:
            raise _WrongError(400, "Missing task ID")
        kept = tasklist.task(task)
        self.change(kept, {**dict.fromkeys(_WRITABLE), "title": "", **body})
        return said(tasklist.view(kept))

    def _deleted(self, _: Request, tasklist: TaskList, task: str) -> Reply:
        self.change(tasklist.task(task), {"deleted": True})
        return Reply(204)

    def _cleared(self, _: Request, tasklist: TaskList) -> Reply:
        for task in tasklist.tasks:
            if task["status"] == COMPLETED:
                task["hidden"] = True
        return Reply(204)


_LISTS = r"/tasks/v1/users/@me/lists"
_LIST = r"/(?P<tasklist>[^/]+)"
_TASKS = rf"/tasks/v1/lists{_LIST}/tasks"
_TASK = r"/(?P<task>[^/]+)"
_ROUTES: tuple[tuple[str, re.Pattern[str], Callable[..., Reply]], ...] = tuple(
    (method, re.compile(path), answer)
    for method, path, answer in (
        ("GET", _LISTS, Tasks._all_lists),
        ("POST", _LISTS, Tasks._new_list),
        ("GET", _LISTS + _LIST, Tasks._one_list),
        ("GET", _TASKS, Tasks._all),
        ("POST", _TASKS, Tasks._new),
        ("GET", _TASKS + _TASK, Tasks._one),
        ("PATCH", _TASKS + _TASK, Tasks._patched),
        ("PUT", _TASKS + _TASK, Tasks._replaced),
        ("DELETE", _TASKS + _TASK, Tasks._deleted),
        ("POST", rf"/tasks/v1/lists{_LIST}/clear", Tasks._cleared),
    )
)


def _body(request: Request) -> Mapping[str, Any]:
    try:
        read = request.json
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise _WrongError(400, "Invalid JSON payload received.")
    return read


def _checked(name: str, value: Any) -> Any:
    """Return a value as it is kept: a due date is midnight of the day that was written, whatever the time."""
    fits = isinstance(value, _WRITABLE[name]) and len(str(value)) <= _LONGEST.get(name, 100)
    if not fits or (name == "status" and value not in (NOT_STARTED, COMPLETED)):
        raise _WrongError(400, "Invalid value")
    if name == "due":
        return f"{_read(value).date()}T00:00:00.000Z"
    return _instant(_read(value)) if name == "completed" else value


def _read(value: str) -> datetime:
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        read = datetime.min  # noqa: DTZ901
    if read.tzinfo is None:
        raise _WrongError(400, "Invalid value")
    return read


def _wanted(task: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    shown = (
        _flag(query, "showDeleted") or not task.get("deleted"),
        _flag(query, "showHidden") or not task.get("hidden"),
        _flag(query, "showCompleted", "true") or task["status"] != COMPLETED,
        *(_within(task.get(name), query.get(f"{name}Min"), query.get(f"{name}Max")) for name in _BOUNDS),
    )
    return all(shown)


def _flag(query: Mapping[str, str], name: str, usual: str = "false") -> bool:
    return query.get(name, usual) == "true"


def _within(value: str | None, least: str | None, most: str | None) -> bool:
    if not least and not most:
        return True
    if not value:
        return False
    return (not least or _read(least) <= _read(value)) and (not most or _read(value) <= _read(most))


def _page(kind: str, items: list[dict[str, Any]], request: Request, usual: int) -> Reply:
    """Return one page; the token of the next one tells where it begins."""
    begin, size = (request.query.get(name, str(value)) for name, value in (("pageToken", 0), ("maxResults", usual)))
    if not begin.isdecimal() or not size.isdecimal():
        raise _WrongError(400, "Invalid value")
    end = int(begin) + min(int(size), max(usual, 100))
    more = {"nextPageToken": str(end)} if end < len(items) else {}
    return said({"kind": kind, "etag": _etag(json.dumps(items)), "items": items[int(begin) : end], **more})


def _etag(*of: str) -> str:
    return f'"{hash(of) & 0xFFFFFFFF:08x}"'


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
