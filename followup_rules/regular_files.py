"""The user's files, opened safely: what is no file is never waited for, and none is read beyond its bound.

For plugins, too. In a place of the user's anything may lie under the name of a file: a pipe, on which reading waits
until somebody writes; a device, which never ends or does something when it is opened; a link to itself; a folder that
leads back to the one above. Of these nothing is opened or entered. Files that may hold something and cannot be read are
named apart, for what stands in them has not been seen.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct, field

from followup_rules.sentences import Sentence, system_error
from followup_rules.sync_names import is_hidden, is_second_version_of, placeholder_of

MOST_ENTRIES = 500_000
"""Files and folders that are looked at below one folder."""

# Control characters, and what else Unicode makes a new line of.
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_KINDS = (
    (Sentence("a folder"), stat.S_ISDIR),
    (Sentence("a pipe"), stat.S_ISFIFO),
    (Sentence("a socket"), stat.S_ISSOCK),
)
# A pipe answers at once (POSIX, open); a terminal does not become the one that this process belongs to.
_NEVER_WAIT = sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))


class NotRegular(OSError):  # noqa: N818 -- what it is
    """There is a folder, a pipe, a socket or a device where a file is expected; it was not read."""

    def __init__(self, path: Path, mode: int) -> None:
        self.what = next((name for name, holds in _KINDS if holds(mode)), Sentence("a device"))
        super().__init__(errno.EINVAL, Sentence("it is {what} and no file", what=self.what), str(path))


class TooLarge(OSError):  # noqa: N818 -- what it is
    """The file is larger than what is read of it."""

    def __init__(self, path: Path, largest: int) -> None:
        self.size = f"{largest / 1_000_000:g}"
        super().__init__(errno.EFBIG, Sentence("it is larger than {size} MB", size=self.size), str(path))


def opened(path: Path) -> BinaryIO:
    """Open a regular file for reading, without ever waiting. Raises NotRegular, OSError."""
    # Looked at first, as some devices do something when they are opened; and again, as it may be another one by then.
    check(path)
    handle = os.open(path, os.O_RDONLY | _NEVER_WAIT)
    try:
        _sure(path, os.fstat(handle))
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def check(path: Path) -> None:
    """Look whether there is a regular file. Raises NotRegular, OSError."""
    _sure(path, path.stat())


def read(path: Path, largest: int) -> bytes:
    """Return what a regular file holds, of at most so many bytes. Raises NotRegular, TooLarge, OSError."""
    with opened(path) as file:
        if os.fstat(file.fileno()).st_size > largest:
            raise TooLarge(path, largest)
        content = file.read(largest + 1)  # it may grow meanwhile, and some systems tell no size
    if len(content) > largest:
        raise TooLarge(path, largest)
    return content


def make(path: Path, mode: int = 0o600) -> None:
    """Make an empty file where none is. Raises NotRegular, OSError."""
    try:
        check(path)
    except FileNotFoundError:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | _NEVER_WAIT, mode))


def real(path: Path) -> Path:
    """Return where a path leads in the end, through all links; one that leads to itself stays as it is."""
    return Path(os.path.realpath(path))  # Path.resolve raises RuntimeError for such a link before Python 3.13


def only_away(path: Path) -> str:
    """Return why a file that is not there must not be made anew, as a sentence; nothing if it may be, or is there.

    It lies elsewhere for now: on a disk to which a link leads and that is not mounted, or not on this device.
    """
    if path.exists():
        return ""
    for link in (path, *path.parents):
        if link.is_symlink() and not link.exists():
            return Sentence(
                "{link} leads to {target}, which is missing; mount it or put it back",
                link=link,
                target=link.readlink(),
            )
    return Sentence("{path} {reason}", path=path, reason=_AWAY) if _placeholder(path) else ""


def reason(error: OSError) -> str:
    """Return why a file cannot be read, and what to do, as the end of a sentence that names it."""
    if isinstance(error, NotRegular):
        return Sentence("is {what} and no file; move it away, or correct `path`", what=error.what)
    if isinstance(error, TooLarge):
        return Sentence("is larger than {size} MB; is it the right file? Else split it", size=error.size)
    if isinstance(error, FileNotFoundError):
        path = Path(os.fsdecode(error.filename or ""))
        if error.filename and path.is_symlink():
            return Sentence(
                "is a link to {target}, which is missing; mount it, or remove the link", target=path.readlink()
            )
        return Sentence("is missing; put it back, or correct `path`")
    if isinstance(error, PermissionError):
        return Sentence("may not be read by this user; change its permissions")
    if error.errno == errno.ELOOP:
        return Sentence("is a link that leads to itself; remove it, or correct `path`")
    return Sentence("cannot be read: {error}; try again, or check the disk", error=system_error(error))


def _sure(path: Path, info: os.stat_result) -> None:
    if not stat.S_ISREG(info.st_mode):
        raise NotRegular(path, info.st_mode)


# -- the files of a folder


class File(Struct, frozen=True):
    """A regular file as it was when its folder was listed."""

    path: Path
    size: int
    """In bytes."""
    changed: int
    """When, in nanoseconds since 1970."""


class Files(Struct, frozen=True):
    """What lies at a place, by names that can be shown and stored, in order."""

    files: Mapping[str, File] = field(default_factory=dict)
    copies: Mapping[str, File] = field(default_factory=dict)
    """The second versions of files that a synchronization left beside them."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """What may hold something and cannot be seen, with the reason: `is a link to ..., which is missing; mount it`."""
    no_files: Mapping[str, str] = field(default_factory=dict)
    """What has the name of a file and can hold nothing: pipes, sockets, devices, links that lead to themselves."""


def find(path: Path, ending: str) -> Files:
    """Return the files with an ending at a place: the one that it is, whatever its ending, or all below a folder.

    Hidden ones are what a program is still writing, or has thrown away. Links are followed, but to no folder twice, and
    to none in which the place itself lies; a file that has several names is given once. Raises OSError if the place
    itself cannot be looked at.
    """
    if path.is_dir():
        return _in_order(_Walk(path, ending))
    name = shown(path.name)
    try:
        info = path.stat()
    except FileNotFoundError:
        if not _placeholder(path):
            raise
        return Files(unread={name: _AWAY})
    _sure(path, info)
    copies = [path.with_name(each) for each in _beside(path) if is_second_version_of(each, {path.name})]
    return Files(
        {name: _file(path, info)},
        {shown(each.name): _file(each, each.stat()) for each in copies if each.is_file()},
    )


def read_all(found: Files, largest: int) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return what the files hold, of at most so many bytes each, and of the others why not, by their names.

    Raises FileNotFoundError if one has been moved away since they were found: they are to be found anew.
    """
    contents, unread = dict[str, bytes](), dict(found.unread)
    for name, file in found.files.items():
        try:
            contents[name] = read(file.path, largest)
        except FileNotFoundError:
            raise
        except OSError as error:
            unread[name] = reason(error)
    return contents, unread


def shown(name: str) -> str:
    r"""Return a file name that can be stored and shown, whatever its bytes are: `\udce9t\udce9.md`."""
    if name.isascii() and name.isprintable():
        return name
    plain = _BREAKS.sub(lambda found: repr(found[0])[1:-1], name)
    return plain.encode(errors="backslashreplace").decode()


def _placeholder(path: Path) -> bool:
    """Tell whether something stands beside for a file that has not been downloaded."""
    return any(placeholder_of(each) == path.name for each in _beside(path))


def _beside(path: Path) -> list[str]:
    """Return the names of what lies in the folder of a file, as far as it may be listed."""
    try:
        with os.scandir(path.parent) as listing:
            return sorted(entry.name for entry in listing)
    except OSError:
        return []


_AWAY = Sentence("has not been downloaded to this device; open it, or have its folder kept on this device")


def _file(path: Path, info: os.stat_result) -> File:
    return File(path, info.st_size, info.st_mtime_ns)


class _Walk:
    """A walk over a folder and those below it."""

    def __init__(self, top: Path, ending: str) -> None:
        self._top, self._ending = top, ending
        self.found: list[tuple[str, bool, tuple[int, int], File]] = []
        self.unread: dict[str, str] = {}
        self.no_files: dict[str, str] = {}
        self._left = MOST_ENTRIES
        self._seen = {_identity(each) for each in real(top).parents}
        # A stack in place of recursion: folders may lie deeper in each other than Python can call.
        waiting = [(str(top), "")]
        while waiting:
            waiting += reversed(list(self._folder(*waiting.pop())))

    def _folder(self, folder: str, prefix: str) -> Iterator[tuple[str, str]]:
        """Look at what lies in one folder, and yield the folders in it."""
        entries = self._listed(folder, prefix)
        names = {entry.name for entry in entries}
        for entry in entries:
            if _is_folder(entry):
                if not entry.name.startswith("."):
                    yield entry.path, f"{prefix}{entry.name}/"
            elif (away := placeholder_of(entry.name)) and away not in names and self._is_wanted(away):
                self.unread[shown(prefix + away)] = _AWAY
            elif self._is_wanted(entry.name):
                self._look(entry, prefix + entry.name)

    def _listed(self, folder: str, prefix: str) -> list[os.DirEntry[str]]:
        """Return what lies in a folder, in order; nothing if that is known already, or cannot be seen."""
        try:
            if (known := _identity(Path(folder))) in self._seen:
                return []
            self._seen.add(known)
            with os.scandir(folder) as listing:
                # A folder is listed in the order of its file system, which differs from one disk to the next.
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            if not prefix:
                raise
            if not isinstance(error, FileNotFoundError):  # else it has just been moved away
                self.unread[shown(prefix.rstrip("/"))] = reason(error)
            return []
        self._left -= len(entries)
        if self._left < 0:
            raise OSError(
                errno.EMFILE,
                Sentence("it holds more than {most} files", most=f"{MOST_ENTRIES:,}"),
                str(self._top),
            )
        return entries

    def _is_wanted(self, name: str) -> bool:
        return name.lower().endswith(self._ending) and not is_hidden(name)

    def _look(self, entry: os.DirEntry[str], name: str) -> None:
        try:
            info = entry.stat()
            _sure(Path(entry.path), info)
        except NotRegular as error:
            self.no_files[shown(name)] = str(error.strerror)
        except OSError as error:
            if error.errno == errno.ELOOP:
                self.no_files[shown(name)] = Sentence("it is a link that leads to itself")
            elif entry.is_symlink() or not isinstance(error, FileNotFoundError):  # else it has just been moved away
                self.unread[shown(name)] = reason(error)
        else:
            # These two tell the same file under any name, link or hard link (POSIX, stat).
            known = info.st_dev, info.st_ino
            self.found.append((name, entry.is_symlink(), known, _file(Path(entry.path), info)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Tell whether it is a folder, or a link to one; a link to itself is none."""
    try:
        # A link to itself raises here (ELOOP), where one that leads nowhere is False.
        return entry.is_dir()
    except OSError:
        return False


def _identity(folder: Path) -> tuple[int, int]:
    info = folder.stat()
    return info.st_dev, info.st_ino


def _in_order(walk: _Walk) -> Files:
    """Return what was found: each file once, under its own name rather than that of a link to it."""
    once: dict[tuple[int, int], tuple[str, File]] = {}
    for name, _, known, file in sorted(walk.found, key=lambda each: (each[1], Path(each[0]))):
        once.setdefault(known, (name, file))
    names = frozenset(name for name, _ in once.values())
    in_order = sorted(once.values(), key=lambda each: Path(each[0]))
    copies = {name for name in names if is_second_version_of(name, names)}
    return Files(
        {shown(name): file for name, file in in_order if name not in copies},
        {shown(name): file for name, file in in_order if name in copies},
        dict(sorted(walk.unread.items())),
        dict(sorted(walk.no_files.items())),
    )
