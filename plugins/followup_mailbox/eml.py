"""A folder of drafts, one .eml file each."""

from __future__ import annotations

import hashlib
import re
import stat
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from followup_mailbox.seal import seal, sealed
from followup_rules import Action, Profile, Refused, Status, Unreadable, durable, regular_files, sealing
from followup_rules.keys import hashed
from followup_rules.regular_files import opened
from followup_rules.sealing import EDITED
from followup_rules.sentences import Sentence, system_error, together

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import BinaryIO

# In bytes; we write nothing of that size, so a larger file was edited.
_LARGEST = 10_000_000
_HEAD = 65_536
_LONGEST_NAME = 100


class Ref(sealing.Ref, frozen=True):
    """What is remembered of a draft: its key, and the seal of the file as we left it."""

    key: str
    seal: str


class Drafts(Struct, frozen=True):
    """Where drafts lie, by their keys."""

    places: Mapping[str, Path] = {}
    unread: str = ""
    """Why what may be another of them cannot be looked into."""


class _Listing:
    """What lies in the folder of drafts, as long as nobody else changes it: a run that makes many lists it once.

    What somebody puts into a folder below it meanwhile, the next run sees.
    """

    def __init__(self) -> None:
        self._folder, self._as_of, self._swept = Path(), -1, False
        self._keys: set[str] = set()

    def holds(self, key: str, folder: Path) -> bool:
        """Tell whether a draft there may have a key: by the name that we give, or by its head."""
        if not self.is_current(folder):
            # Before it is listed, so that what comes meanwhile is not missed.
            self._folder, self._as_of, self._swept = folder, folder.stat().st_mtime_ns, False
            self._keys = _carried_in(folder)
        return not self._keys.isdisjoint((key, hashed(key), _file_name(key)))

    def is_swept(self, folder: Path) -> bool:
        """Tell whether nothing that is half written can lie there, since we have swept it before we wrote there."""
        return self._swept and self.is_current(folder)

    def is_current(self, folder: Path) -> bool:
        """Tell whether nobody but us has made, moved or deleted anything there since it was listed."""
        return folder == self._folder and folder.stat().st_mtime_ns == self._as_of

    def add(self, key: str, folder: Path) -> None:
        """Note down what we have just written there ourselves."""
        self._keys.add(key)
        self._folder, self._as_of, self._swept = folder, folder.stat().st_mtime_ns, True


class EmlFolder(Struct, frozen=True):
    """An output for drafts."""

    path: Path
    profile: Profile
    key_header: bool = True
    """Whether a draft carries a hash of its key."""
    listing: _Listing = field(default_factory=_Listing)

    def create(self, action: Action) -> str:
        """Write the draft; one that is there is brought up to date, if it is as we left it. Raises Refused."""
        if why := self._no_folder():
            raise Refused(why)
        # A crash may have lost the receipt of an earlier call, and not the draft.
        if found := self.find(action.key):
            return self.update(found, action) if self.status([found])[found].state == "open" else found
        if why := regular_files.only_away(self.path):
            raise Refused(why)
        with _certain(Sentence("the draft cannot be written to {path}", path=self.path)):
            durable.make_folder(self.path, 0o700)
        place = self.path / _file_name(action.key)
        if place.exists():  # else it was found
            raise Refused(
                Sentence("the draft cannot be written: {place} is there, and is no file; move it away", place=place)
            )
        ref = self._write(action, place)
        self.listing.add(action.key, self.path)
        return ref

    def find(self, key: str) -> str | None:
        """Return the reference of the draft with this key. Raises Unreadable if its folder is none."""
        if why := self._no_folder():
            raise Unreadable(why)
        if not self.path.exists() or not self.listing.holds(key, self.path):
            return None
        place = _locate(self.path, {key}).places.get(key)
        return str(Ref(key, _seal(place))) if place else None

    def _no_folder(self) -> str:
        if not self.path.exists() or self.path.is_dir():
            return ""
        return Sentence("{path} is a file and no folder; move it away, or correct `path`", path=self.path)

    def update(self, ref: str, action: Action) -> str:
        """Write the draft anew under the name that it has now. Raises Refused if it is gone or edited."""
        known, wanted = Ref.parse(ref), Ref(action.key, seal(self._content(action)))
        if _state(wanted, self._drafts({known.key}).places.get(known.key)) == "open":
            return str(wanted)
        place = self._untouched(known)
        if place is None:
            raise Refused(Sentence("the draft {key} is no longer in {path}", key=known.key, path=self.path))
        return self._write(action, place, known)

    def withdraw(self, ref: str) -> None:
        """Delete the draft, if it is there. Raises Refused if the user has edited it."""
        known = Ref.parse(ref)
        place = self._untouched(known)
        if place is None:
            return
        with (
            _certain(Sentence("the draft {place} cannot be deleted", place=place)),
            suppress(FileNotFoundError),
            # Open before it is unlinked: the content can still be read then, and put back if it was edited in between.
            opened(place) as held,
        ):
            place.unlink()
            self._unless_touched(known, held, place)
        durable.sync(place.parent)

    def status(self, refs: Sequence[str]) -> Mapping[str, Status]:
        """Tell of each draft whether it is open, touched, gone, or may be what cannot be looked into.

        Raises Unreadable if the folder is missing.
        """
        known = {ref: Ref.parse(ref) for ref in refs}
        drafts = self._drafts({each.key for each in known.values()}) if refs else Drafts()
        became = {ref: _status(each, drafts.places.get(each.key)) for ref, each in known.items()}
        unseen = Status("unknown", why=drafts.unread)
        return {ref: unseen if each.state == "gone" and drafts.unread else each for ref, each in became.items()}

    def place(self, ref: str) -> str:
        """Return where the draft lies; the folder if it is not found there."""
        key = Ref.parse(ref).key
        return str(self._drafts({key}).places.get(key, self.path))

    def marked(self) -> Mapping[str, str]:
        """Return where the drafts lie that carry a key, by that, or by its hash."""
        below = regular_files.find(self.path, ".eml") if self.path.exists() else None
        found = {}
        for _, file in sorted({**below.files, **below.copies}.items()) if below else ():
            with suppress(OSError):  # what cannot be read may be anything
                found[_key_in(file)] = str(file.path)
        return {key: place for key, place in found.items() if key}

    def _write(self, action: Action, place: Path, known: Ref | None = None) -> str:
        """Write the whole draft beside its place and move it there, unless what is known there was touched."""
        content = self._content(action)
        with (
            _certain(Sentence("the draft cannot be written to {path}", path=self.path)),
            self._aside(place, content) as finished,
        ):
            if known is None:
                finished.replace(place)
            elif _state(known, place) != "open":
                raise Refused(Sentence("the user has just edited or moved {place}", place=place))
            else:
                # Held open over the rename: what the user saved in that moment can still be read, and is put back.
                with opened(place) as held:
                    finished.replace(place)
                    self._unless_touched(known, held, place)
        durable.sync(place.parent)
        return str(Ref(action.key, seal(content)))

    @contextmanager
    def _aside(self, place: Path, content: bytes) -> Iterator[Path]:
        """Write a file that has no name of its own yet, once those of runs that were killed are away."""
        if not self.listing.is_swept(place.parent):
            durable.sweep(place.parent)
        with durable.beside(place, content) as finished:
            yield finished

    def _content(self, action: Action) -> bytes:
        """Return the mail, marked as one to be sent (`X-Unsent`: programs open it for writing), and sealed."""
        from followup_rules.mail.draft import compose  # noqa: PLC0415 -- without a new draft no mail is made

        mail = compose(action, self.profile, key_header=self.key_header)
        mail["X-Unsent"] = "1"
        return sealed(mail.as_bytes())

    def _unless_touched(self, known: Ref, held: BinaryIO, place: Path) -> None:
        """Put back a draft that the user has edited in the very moment we replaced or deleted it, and raise Refused."""
        content = held.read()
        if known.seal == seal(content):
            return
        with self._aside(place, content) as theirs:
            theirs.replace(place)
        raise Refused(Sentence("the user has just edited {place}", place=place))

    def _drafts(self, keys: Collection[str]) -> Drafts:
        if not self.path.exists():
            raise Unreadable(
                Sentence(
                    "the drafts folder {path} is missing; mount it, or make it again if you deleted it", path=self.path
                )
            )
        return _locate(self.path, keys)

    def _untouched(self, known: Ref) -> Path | None:
        """Return where the draft is now, or None if it is gone. Raises Refused if it is not for us to change."""
        drafts = self._drafts({known.key})
        place = drafts.places.get(known.key)
        if place is None and drafts.unread:
            raise Refused(drafts.unread)
        if place and _state(known, place) == "touched":
            raise Refused(Sentence("the user has edited {place}", place=place))
        return place


def _file_name(key: str) -> str:
    """Return a name that holds nothing but harmless characters, and is another for every key."""
    # For people; the hash behind it keeps apart what differs in case only, or in what was left out.
    slug = re.sub(r"[^A-Za-z0-9._@-]+", "-", key)[:_LONGEST_NAME].strip(".-")
    return f"{slug}-{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:10]}.eml"


def _locate(folder: Path, keys: Collection[str]) -> Drafts:
    """Return where the drafts are: under the name that we gave, else, renamed or moved, by the key in their head."""
    found = {key: place for key in keys if _is_there(place := folder / _file_name(key))}
    # Reading the heads of all drafts costs most, so it is done only for those that are not under our name.
    moved = set(keys) - found.keys()
    if not moved:
        return Drafts(found)
    below = regular_files.find(folder, ".eml")
    carried = {name: key for key in moved for name in (key, hashed(key))}
    unread = dict(below.unread)
    for name, file in sorted({**below.files, **below.copies}.items()):
        try:
            if key := carried.get(_key_in(file)):
                found.setdefault(key, file.path)
        except OSError as error:
            unread[name] = regular_files.reason(error)
    return Drafts(
        found,
        together(
            *(Sentence("{path} {reason}", path=folder / name, reason=why) for name, why in list(unread.items())[:1])
        ),
    )


def _is_there(place: Path) -> bool:
    """Tell whether a file, or a link to anything, has a name. Raises OSError where nobody can tell."""
    try:
        mode = place.lstat().st_mode
    except FileNotFoundError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def _carried_in(folder: Path) -> set[str]:
    """Return the keys that the drafts in a folder carry, or their hashes, and the names of all that lies there."""
    below = regular_files.find(folder, ".eml")
    found = {place.name for place in folder.iterdir()}
    for file in (*below.files.values(), *below.copies.values()):
        with suppress(OSError):
            found.add(_key_in(file))
    return found


@lru_cache(
    maxsize=65_536
)  # each new draft is looked for among all: a run that makes many would read all heads each time
def _key_in(draft: regular_files.File) -> str:
    from followup_rules.mail.draft import key_of  # noqa: PLC0415 -- only a renamed draft needs a parser

    with suppress(FileNotFoundError), opened(draft.path) as file:
        return key_of(file.read(_HEAD))
    return ""


def _state(known: Ref, place: Path | None) -> str:
    there = _seal(place) if place else ""
    if not there:
        return "gone"
    return "open" if there == known.seal and there != EDITED else "touched"


def _status(known: Ref, place: Path | None) -> Status:
    """Return what became of a draft; by its own seal it may be as a run of another computer left it."""
    there = _seal(place) if place else ""
    if there and there not in (known.seal, EDITED):
        return Status("open", ref=str(Ref(known.key, there)))
    return Status(_state(known, place))


def _seal(place: Path) -> str:
    """Return the seal of a draft, `edited` if it is not as we left it, or nothing if it is gone.

    A link is the user's work, and so is a file that we may not read.
    """
    if place.is_symlink():
        return EDITED
    try:
        return seal(regular_files.read(place, _LARGEST))
    except FileNotFoundError:
        return ""
    except OSError:
        return EDITED


@contextmanager
def _certain(sentence: str) -> Iterator[None]:
    """Turn an error of the disk into a refusal: nothing was changed."""
    try:
        yield
    except OSError as error:
        raise Refused(Sentence("{message}: {reason}", message=sentence, reason=system_error(error))) from error
