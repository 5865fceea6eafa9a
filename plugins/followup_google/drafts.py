"""The output `gmail-drafts`: a draft in Gmail for each action. None is ever sent from here.

Google's API has no way to say "make this once". So a draft carries our key in its head and is looked for
before it is made, and it is left alone unless it still is as its seal says.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from followup_google.faults import Missing
from followup_google.letters import ACCOUNT, THREAD
from followup_google.ours import nothing_made_unread, readable
from followup_google.send_as import written_from
from followup_google.service import DRAFTS, READ_MAIL, Service
from followup_google.shown import SEAL, Draft, became, ident_of, seal_of, searchable, sender_of
from followup_rules import Action, Context, Refused, Status, sealing
from followup_rules.mail.draft import compose
from followup_rules.people import is_one_of
from followup_rules.sealing import EDITED
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from email.message import EmailMessage

    from followup_google import DraftsOptions

# So many drafts are looked at, the newest; each is a request: where a run was cut short, and where none was.
_MOST, _FEW = 50, 2
# Of those that a search finds.
_FOUND = 10
# No address of a single draft is documented.
_PLACE = "https://mail.google.com/mail/#drafts"


class Ref(sealing.Ref, frozen=True):
    """What is remembered of a draft."""

    draft: str
    """Its id, which stays as long as it is a draft."""
    thread: str
    """The id of its conversation, in which it lies as a mail once it is sent; nothing if Gmail has told none."""
    seal: str
    made: str
    """In seconds since 1970."""


class GmailDrafts:
    """The drafts of one account."""

    def __init__(self, options: DraftsOptions, context: Context) -> None:
        self._service = Service(DRAFTS, options, context.profile)
        # A draft is written from the account that holds it, if that is an address of the user's.
        profile = context.profile
        self._profile = replace(profile, address=written_from(self._service.account, profile))
        self._now, self._key_header = context.now, options.key_header
        self._heads: Sequence[Draft] = ()
        self._looked_at, self._more = 0, True

    def create(self, action: Action) -> str:
        """Make the draft; one that is there is brought up to date, if it is as we left it."""
        mail = self._composed(action)
        with nothing_made_unread():
            found = self._there(action.key, mail)
            if found:
                is_ours = self._status(Ref.parse(found)).state == "open"
                return self.update(found, action) if is_ours else found
            made = self._make(mail, self._thread_of(action))
        return str(self._ref(made["id"], _thread_in(made), mail))

    def find(self, key: str) -> str | None:
        """Return the reference of the draft that carries this key; after a call that was cut short it looks far."""
        if self._looked_at < _MOST:
            self._look(_MOST)
        ident = ident_of(key, self._sender)
        return self._marked(
            key, [*self._heads, *self._searched(f"rfc822msgid:{ident}", lambda head: head.ident == ident)]
        )

    def update(self, ref: str, action: Action) -> str:
        """Write the draft anew, unless it shows the action already. Raises Refused if it is gone or edited."""
        known = Ref.parse(ref)
        mail = self._composed(action, known.made)
        wanted = self._ref(known.draft, known.thread, mail)
        there = self._untouched(known, wanted.seal)
        if there is None:
            raise Refused(Sentence("the draft is no longer in Gmail"))
        if self._seal(there) != wanted.seal:
            body = {"id": known.draft, "message": _body(mail, there.thread)}
            made = self._change(lambda gmail: gmail.users().drafts().update(userId="me", id=known.draft, body=body))
            wanted = replace(wanted, thread=_thread_in(made) or known.thread)
        return str(wanted)

    def withdraw(self, ref: str) -> None:
        """Delete the draft, if it is there. Raises Refused if the user has edited it."""
        known = Ref.parse(ref)
        if self._untouched(known):
            self._change(lambda gmail: gmail.users().drafts().delete(userId="me", id=known.draft))

    def status(self, refs: Sequence[str]) -> Mapping[str, Status]:
        """Tell of each draft whether it is open, touched, sent or gone; one that cannot be read is left out."""
        return readable(refs, lambda ref: self._status(Ref.parse(ref)))

    def place(self, ref: str) -> str:  # noqa: ARG002 -- see _PLACE
        """Return the address of the drafts in Gmail."""
        return _PLACE

    def marked(self) -> Mapping[str, str]:
        """Return those of the newest drafts that bear a mark of ours, by the hash of their key, with their subjects."""
        if self._looked_at < _MOST:  # else `find` has looked in this run
            self._look(_MOST)
        return {
            head.mark: Sentence("{place}: {text}", place=_PLACE, text=head.subject) for head in self._heads if head.mark
        }

    def _status(self, known: Ref) -> Status:
        there = self._draft(known.draft)
        if there is not None:
            seal, (left, made) = self._seal(there), there.left
            if seal == left != known.seal:  # as a run of another computer left it
                return Status("open", ref=str(Ref(known.draft, there.thread, seal, made or known.made)))
            return Status("open" if seal == known.seal else "touched")
        if not known.thread or not self._service.may(READ_MAIL):
            return Status("gone")

        def ask(gmail: Any) -> Any:
            return gmail.users().threads().get(userId="me", id=known.thread, format="minimal")

        try:
            return became(self._service.read(ask), known.made)
        except Missing:
            return Status("gone")

    # -- what lies in Gmail

    def _there(self, key: str, mail: EmailMessage) -> str | None:
        """Return the reference of a draft that was made for this key, with our marks or without.

        What a run that was cut short has left behind is among the newest, and `find` has looked for it in this run or
        an earlier one. For all else Gmail is asked: for the Message-ID, and for the subject.
        """
        if not self._looked_at:
            self._look(_FEW)
        ident, words = ident_of(key, self._sender), searchable(str(mail["Subject"]))

        def fits(head: Draft) -> bool:
            return head.ident == ident or bool(words and words in searchable(head.subject))

        asked = f'{{rfc822msgid:{ident} subject:"{words}"}}' if words else f"rfc822msgid:{ident}"
        heads = [*self._heads, *self._searched(asked, fits)]
        return self._marked(key, heads) or self._same(mail, heads)

    def _look(self, most: int) -> None:
        """Read the heads of the newest drafts, as they are when somebody first asks; an odd one hides no other."""
        names, more = self._listed(most)
        self._heads = list(filter(None, readable(names, self._head).values()))
        self._more = more or len(self._heads) < len(names)
        self._looked_at = most

    def _searched(self, query: str, fits: Callable[[Draft], bool]) -> Iterator[Draft]:
        """Yield the heads of what Gmail finds besides those that were looked at, if there may be more.

        Not every server heeds the question: where it names a draft that does not fit it, it has told nothing. Raises
        Unreadable if one of them cannot be read: it may be ours.
        """
        names, _ = self._listed(_FOUND, query) if self._more else ([], False)
        known = {head.id: head for head in self._heads}
        if all(fits(known[name]) for name in names if name in known):
            yield from filter(None, (self._head(name) for name in names if name not in known))

    def _listed(self, most: int, query: str | None = None) -> tuple[Sequence[str], bool]:
        """Return the ids of so many drafts, the newest first, and whether there are more."""
        found = self._service.read(lambda gmail: gmail.users().drafts().list(userId="me", maxResults=most, q=query))
        listed = [draft["id"] for draft in found.get("drafts", ())]
        return listed[:most], bool(found.get("nextPageToken")) or len(listed) > most

    def _head(self, name: str) -> Draft | None:
        return self._draft(name, "metadata")

    def _draft(self, name: str, shown: str = "raw") -> Draft | None:
        """Return a draft; None if it is gone: deleted, thrown away, or sent."""
        try:
            get = self._service.read(lambda gmail: gmail.users().drafts().get(userId="me", id=name, format=shown))
        except Missing:
            return None
        return Draft.of(get)

    def _untouched(self, known: Ref, also: str = "") -> Draft | None:
        """Return the draft if it is as we left it, or as `also` says; None if it is gone. Raises Refused if neither."""
        there = self._draft(known.draft)
        if there and self._seal(there) not in (known.seal, also):
            raise Refused(Sentence("you have edited the draft “{subject}”; it stays as it is", subject=there.subject))
        return there

    def _marked(self, key: str, heads: Iterable[Draft]) -> str | None:
        """Return the reference of the draft among these that carries the key."""
        marked = (head.id for head in heads if head.carries(key, self._sender))
        for draft in filter(None, map(self._draft, marked)):
            left, made = draft.left
            seal = left if left == self._seal(draft) else EDITED
            return str(Ref(draft.id, draft.thread, seal, made or self._present))
        return None

    def _same(self, mail: EmailMessage, heads: Iterable[Draft]) -> str | None:
        """Return the reference of a draft that is the very same, whoever sends it, but has lost our marks."""
        wanted = self._ref("", "", mail)
        for head in heads:
            draft = self._draft(head.id) if head.may_be(mail) else None
            if draft and draft.seal(sender_of(mail)) == wanted.seal:
                return str(Ref(draft.id, draft.thread, wanted.seal, wanted.made))
        return None

    def _seal(self, there: Draft) -> str:
        """Return the seal of what is there now.

        Where Gmail may not send from an address it writes that of the account in its place: this is no edit.
        """
        rewritten = not there.sender or is_one_of(there.sender, (self._service.account,))
        return there.seal(self._sender if rewritten else there.sender)

    # -- what is written there

    @property
    def _sender(self) -> str:
        return self._profile.address

    def _composed(self, action: Action, made: str = "") -> EmailMessage:
        """Return the draft with its marks: hashes of its key, the seal, and when it was made."""
        mail = compose(action, self._profile, key_header=self._key_header)
        mail["Date"] = self._now
        mail["Message-ID"] = f"<{ident_of(action.key, self._sender)}>"
        mail[SEAL] = f"{seal_of(mail)} {made or self._present}"
        return mail

    @property
    def _present(self) -> str:
        return str(int(self._now.timestamp()))

    def _ref(self, draft: str, thread: str, mail: EmailMessage) -> Ref:
        seal, made = str(mail[SEAL]).split(" ")
        return Ref(draft, thread, seal, made)

    def _make(self, mail: EmailMessage, thread: str) -> Any:
        def ask(body: Mapping[str, Any]) -> Callable[[Any], Any]:
            return lambda gmail: gmail.users().drafts().create(userId="me", body={"message": body})

        try:
            return self._service.write(ask(_body(mail, thread)))
        except Missing:  # for certain nothing was made
            if not thread:
                raise
            return self._service.write(ask(_body(mail)))  # the conversation that it answers was deleted

    def _change(self, ask: Callable[[Any], Any]) -> Any:
        try:
            return self._service.write(ask)
        except Missing as error:
            raise Refused(Sentence("the draft has just gone from Gmail")) from error

    def _thread_of(self, action: Action) -> str:
        """Return the conversation that the draft belongs to: Gmail goes by its own id, and not by References alone.

        That id means something only to the account which gave it.
        """
        if action.reply is None:
            return ""
        data = action.reply.data
        if data.get(THREAD) and data.get(ACCOUNT) == self._service.account:
            return str(data[THREAD])
        if not self._service.may(READ_MAIL):
            return ""
        # Another source has shown the mail: here it is found by its Message-ID.
        query = f"rfc822msgid:{action.reply.message_id}"
        found = self._service.read(lambda gmail: gmail.users().messages().list(userId="me", q=query, maxResults=1))
        return next((str(mail.get("threadId", "")) for mail in found.get("messages", ())), "")


def _thread_in(answer: Any) -> str:
    """Return the conversation in which Gmail has put a draft, if it says so."""
    message = (answer.get("message") if isinstance(answer, dict) else None) or {}
    return str(message.get("threadId", ""))


def _body(mail: EmailMessage, thread: str = "") -> dict[str, str]:
    raw = base64.urlsafe_b64encode(mail.as_bytes()).decode()
    return {"raw": raw, "threadId": thread} if thread else {"raw": raw}
