"""What Google does and no emulator: the stories on a scripted Google of ours, shaped as Google's reference says."""

import json
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest

from followup_google import GmailOptions, quota
from followup_google.gmail import GmailSource
from followup_rules import Context, Profile
from tests.support.googlelab.examples import Life, story
from tests.support.googlelab.scripted import UNITS
from tests.support.googlelab.seeker import Seeker
from tests.support.googlelab.wire import Reply, failed, said
from tests.support.storybook import call

pytestmark = pytest.mark.slow

JULIE, TEAM = "julie.roy@nordik.example", "abc123@group.calendar.google.com"
BEFORE, EVENING, LATER, NEXT_DAY = "2026-11-18T09:00", "2026-11-19T12:00", "2026-11-19T15:00", "2026-11-20T09:00"


@pytest.fixture
def seeker(scripted, tmp_path):
    return Seeker(scripted, tmp_path / "seeker").set_up()


def at(written):
    return datetime.fromisoformat(f"{written}-05:00")


def interview(**more):
    """Return an entry: an interview on Thursday, to which Julie has invited."""
    me = {"email": "camille@gmail.com", "self": True, "responseStatus": "accepted"}
    julie = {"email": JULIE, "organizer": True, "responseStatus": "accepted"}
    return {
        "id": "e1",
        "iCalUID": "e1@google.com",
        "status": "confirmed",
        "summary": "Entrevue Nordik",
        "updated": "2026-11-09T10:00:00.000Z",
        "start": {"dateTime": "2026-11-19T10:00:00-05:00"},
        "end": {"dateTime": "2026-11-19T11:00:00-05:00"},
        "organizer": {"email": JULIE},
        "attendees": [julie, me],
        **more,
    }


def thanked(seeker, now=EVENING):
    """Let the evening of the interview come; return the draft."""
    if not any(seeker.google.entries.values()):
        seeker.google.entries["primary"] = [interview()]
    found = seeker.run(now)
    assert (found["exit"], found["problems"]) == (0, [])
    (draft,) = seeker.google.drafts()
    return draft


def state(seeker, now, rule="thank-you"):
    decisions = seeker.run(now, "plan")["decisions"]
    return next(each["state"] for each in decisions if each["rule"] == rule)


def changes(seeker, now):
    found = seeker.run(now)
    assert found["exit"] == 0, found["problems"]
    return sorted((each["op"], each["rule"]) for each in found["changes"])


# -- sent or not


@pytest.mark.parametrize("labels", [["SCHEDULED"], ["SCHEDULED", "SENT"], ["SCHEDULED", "Label_3"]])
def test_a_scheduled_mail_ends_no_duty_and_leaves_no_trace_when_it_is_discarded(seeker, labels):
    google = seeker.google
    first = google.mail(
        ["SENT"], at("2026-11-10T10:00"), From=google.email, To=JULIE, Subject="Jeudi", Message_ID="<a@x>"
    )
    thanked(seeker)
    head = {"From": google.email, "To": JULIE, "Subject": "Merci", "Message_ID": "<b@x>", "In_Reply_To": "<a@x>"}
    waiting = google.mail(labels, at("2026-11-19T12:30"), thread=first.thread, text="Merci beaucoup", **head)
    google.mail(["INBOX"], at("2026-11-19T13:00"), thread=first.thread, From=JULIE, To=google.email, Message_ID="<c@x>")
    assert state(seeker, LATER) == "due"
    google.mails.remove(waiting)
    seeker.run("2026-11-19T16:00")
    assert state(seeker, "2026-11-19T16:00") == "due"
    assert len(google.drafts()) == 1


def test_a_draft_that_the_user_schedules_is_neither_deleted_nor_sent_until_it_goes(seeker):
    draft = thanked(seeker)
    seeker.google.schedule(draft, at("2026-11-20T08:00"))
    assert (changes(seeker, LATER), state(seeker, LATER)) == ([], "due")
    seeker.google.send(draft, at("2026-11-20T08:00"))
    seeker.run(NEXT_DAY)
    assert state(seeker, NEXT_DAY) == "done"


@pytest.mark.parametrize("change", ["labelsAdded", "labelsRemoved"])
def test_a_mail_that_was_scheduled_counts_once_it_goes_however_the_history_tells_it(seeker, change):
    thanked(seeker)
    head = {"From": seeker.google.email, "To": JULIE, "Subject": "Merci pour la rencontre", "Message_ID": "<b@x>"}
    mail = seeker.google.mail(["SCHEDULED"], at("2026-11-19T12:30"), text="Merci", **head)
    assert state(seeker, LATER) == "due"
    mail.labels, mail.at = ["SENT"], at("2026-11-20T08:00")
    seeker.google.note(change, mail, ["SENT"] if change == "labelsAdded" else ["SCHEDULED"])
    seeker.run(NEXT_DAY)
    assert state(seeker, NEXT_DAY) == "done"


def test_a_scheduled_draft_that_is_called_off_and_discarded_is_dismissed(seeker):
    draft = thanked(seeker)
    seeker.google.schedule(draft, at("2026-11-20T08:00"))
    seeker.run(LATER)
    draft.draft, draft.labels = "r-another", ["DRAFT"]
    assert (changes(seeker, "2026-11-19T16:00"), len(seeker.google.drafts())) == ([], 1)
    seeker.google.mails.remove(draft)
    seeker.run(NEXT_DAY)
    assert state(seeker, NEXT_DAY) == "done"
    assert not seeker.google.drafts()


@pytest.mark.parametrize(
    "head",
    [
        {"Auto_submitted": "auto-replied", "Subject": "Re: Entrevue"},
        {"Sender": "Google Calendar <calendar-notification@google.com>", "Subject": "Camille a accepté"},
        {"Subject": "Accepted: Entrevue @ Thu", "Content-type": 'text/calendar; method="REPLY"'},
    ],
)
def test_what_a_machine_sent_in_my_name_thanks_nobody(seeker, head):
    thanked(seeker)
    seeker.google.mail(["SENT"], at("2026-11-19T13:00"), text="Merci", From=seeker.google.email, To=JULIE, **head)
    seeker.run(LATER)
    assert state(seeker, LATER) == "due"


@pytest.mark.parametrize("name", ["Message-ID", "Message-Id", "message-id", "MESSAGE-ID"])
def test_headers_are_asked_for_in_all_their_spellings_with_a_plain_get(seeker, name):
    google = seeker.google
    google.mail(["SENT"], at("2026-11-10T10:00"), From=google.email, To=JULIE, Subject="x", **{name: "<a@x>"})
    seeker.run(BEFORE)
    found = json.loads(call(seeker.folder, "explain", JULIE, "--json", "--now", BEFORE).stdout)
    assert [event["id"] for case in found["cases"] for event in case["events"]] == ["a@x"]
    (asked,) = [request for request in google.requests if "/threads/" in request.path]
    assert (asked.method, len(asked.target) < 2_000) == ("GET", True)


# -- mine or not


def made_in(calendar, **more):
    """Return an interview that I hold for a candidate, in a calendar of mine other than the first."""
    bob = {"email": "bob@candidate.example", "responseStatus": "accepted"}
    return interview(organizer={"email": calendar, "self": True}, attendees=[bob], **more)


@pytest.mark.parametrize("creator", [{"email": "camille@gmail.com"}, {"email": "C.Amille@googlemail.com"}, None])
@pytest.mark.parametrize("named", [TEAM, TEAM.upper()])
def test_an_interview_that_i_hold_is_mine_in_my_second_calendar_too(scripted, tmp_path, creator, named):
    seeker = Seeker(scripted, tmp_path / "seeker").set_up()
    config = seeker.folder / "config.toml"
    config.write_text(config.read_text().replace('"google-calendar"', f'"google-calendar"\ncalendars = ["{named}"]'))
    scripted.entries[named] = [made_in(TEAM, **({"creator": creator} if creator else {}))]
    assert [changes(seeker, now) for now in (BEFORE, EVENING)] == [[], []]


@pytest.mark.parametrize(
    "left", [{"id": "e1", "status": "cancelled"}, interview(status="cancelled", summary="Entrevue #interview")]
)
def test_a_move_to_another_calendar_of_mine_cancels_nothing(scripted, tmp_path, left):
    seeker = Seeker(scripted, tmp_path / "seeker").set_up()
    config = seeker.folder / "config.toml"
    both = f'"google-calendar"\ncalendars = ["primary", "{TEAM}"]'
    config.write_text(config.read_text().replace('"google-calendar"', both))
    mine = {"email": "camille@gmail.com", "self": True}
    entry = interview(summary="Entrevue #interview", attendees=[], organizer=mine, creator=mine)
    scripted.entries = {"primary": [entry], TEAM: []}
    assert ("create", "prepare") in changes(seeker, BEFORE)
    moved = {**entry, "organizer": {"email": TEAM, "self": True}, "updated": "2026-11-18T15:00:00.000Z"}
    scripted.entries = {"primary": [left], TEAM: [moved]}
    assert changes(seeker, "2026-11-18T11:00") == []
    assert ("create", "thank-you") in changes(seeker, EVENING)


@pytest.mark.parametrize(
    "other",
    [
        {"email": "marc@nordik.example", "responseStatus": "declined"},
        {"email": "fred@fireflies.ai", "responseStatus": "accepted"},
        {"email": "notetaker@eu.otter.ai"},
        {"email": "bot7@vendor.example", "displayName": "Read.ai meeting notes"},
        {"email": "camille+jobs@gmail.com"},
        {"email": "c.amille@googlemail.com"},
    ],
)
def test_who_declined_what_takes_notes_and_i_myself_are_not_thanked(seeker, other):
    seeker.google.entries["primary"] = [interview(attendees=[*interview()["attendees"], other])]
    assert message_from_bytes(thanked(seeker).raw)["To"] == JULIE


def test_addresses_to_send_from_are_mine_once_they_are_confirmed(scripted, tmp_path):
    scripted.senders = [
        {"sendAsEmail": scripted.email, "isPrimary": True},
        {"sendAsEmail": "Camille@exemple.ca", "verificationStatus": "accepted", "treatAsAlias": True},
        {"sendAsEmail": "boss@nordik.example", "verificationStatus": "accepted", "treatAsAlias": False},
        {"sendAsEmail": "old@exemple.ca", "verificationStatus": "pending"},
    ]
    to = f"{JULIE}, camille@exemple.ca, boss@nordik.example, old@exemple.ca"
    scripted.mail(["SENT"], at("2026-11-10T10:00"), From="camille@exemple.ca", To=to, Subject="x", Message_ID="<a@x>")
    profile = Profile(me=frozenset({scripted.email}), address=scripted.email)
    options = GmailOptions(token=scripted.token_file(tmp_path / "token.json"), api_endpoint=scripted.url)
    source = GmailSource(options, Context(profile=profile, now=at(BEFORE)))
    found = source.pull(at("2026-11-01T00:00"), "")
    (mail,) = found.events
    assert [each.address for each in mail.people] == [JULIE, "boss@nordik.example", "old@exemple.ca"]
    assert source.pull(at("2026-11-01T00:00"), found.cursor).events == ()
    assert len([request for request in scripted.requests if request.path.endswith("sendAs")]) == 1


# -- never doubled, never taken for edited


def rewritten(raw):
    """Return a draft as Gmail stores it that may not send from where it says: from the account itself."""
    return re.sub(rb"(?m)^From: .*$", b"From: Camille <camille@gmail.com>", raw)


def stripped(raw):
    """Return it without our marks."""
    return re.sub(rb"(?m)^(X-Followup-[^\n]*|Message-ID: [^\n]*)\n(?:[ \t][^\n]*\n)*", b"", raw)


@pytest.fixture
def alias(scripted, tmp_path):
    """Return somebody whose first address is no account's, and not confirmed at Gmail."""
    seeker = Seeker(scripted, tmp_path / "seeker").set_up()
    config = seeker.folder / "config.toml"
    text = config.read_text().replace('me = ["camille@gmail.com"]', 'me = ["camille@exemple.ca"]')
    config.write_text(text.replace('token = "token.json"', 'token = "token.json"\naccount = "camille@gmail.com"'))
    scripted.as_stored = rewritten
    return seeker


def test_a_sender_that_gmail_rewrites_is_no_edit_of_the_user(alias):
    thanked(alias)
    assert changes(alias, LATER) == []
    alias.google.entries["primary"][0].update(status="cancelled", updated="2026-11-19T14:00:00.000Z")
    assert ("withdraw", "thank-you") in changes(alias, "2026-11-19T16:00")
    assert not alias.google.drafts()


@pytest.mark.parametrize("marks", ["kept", "lost"])
@pytest.mark.parametrize("heeds", [True, False])
@pytest.mark.parametrize("others", [0, 12])
def test_a_draft_whose_answer_was_lost_is_not_made_again(alias, marks, heeds, others):
    google = alias.google
    google.entries["primary"] = [interview()]
    google.heeds = heeds
    google.as_stored = rewritten if marks == "kept" else lambda raw: stripped(rewritten(raw))
    lost = []

    def swallow(request):
        if (request.method, request.path) == ("POST", "/gmail/v1/users/me/drafts") and not lost:
            lost.append(google._done(request))
            return failed(503)
        return None

    google.instead.append(swallow)
    assert alias.run(EVENING)["exit"] == 1
    for number in range(others):
        letter(google, number)
    for now in ("2026-11-19T12:20", "2026-11-19T14:20"):
        assert alias.run(now)["exit"] == 0
    assert len(google.drafts()) == 1 + others


def letter(google, number):
    """The user began a mail."""
    mail = google.mail(
        ["DRAFT"], at("2026-11-19T12:10"), From=google.email, To="aunt@example.org", Subject=f"Lettre {number}"
    )
    mail.draft = f"r-mine{number}"


def test_a_sender_from_which_gmail_may_not_send_is_told(alias):
    alias.google.senders = [
        {"sendAsEmail": "camille@gmail.com", "isPrimary": True},
        {"sendAsEmail": "camille@exemple.ca", "verificationStatus": "pending"},
    ]
    told = call(alias.folder, "check", "--now", BEFORE)
    assert "drafts are from camille@exemple.ca, and Gmail may not send from it" in told.stderr
    assert told.exit_code == 0
    alias.google.senders[1]["verificationStatus"] = "accepted"
    assert "from camille@exemple.ca" not in call(alias.folder, "check", "--now", BEFORE).stderr


# -- the quota


def test_the_units_are_those_of_googles_reference():
    mine = {name.removeprefix("gmail.users."): units for name, units in quota.UNITS.items()}
    assert sorted(mine.values()) == sorted(UNITS.values())
    assert (mine["threads.get"], mine["drafts.get"], mine["history.list"]) == (40, 20, 2)


def conversations(google, number):
    for each in range(number):
        to = f"p{each}@x{each}.example"
        moment = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=each)
        google.mail(["SENT"], moment, From=google.email, To=to, Subject=f"s{each}", Message_ID=f"<{each}@x>")


@pytest.mark.parametrize("verb", ["run", "plan"])
def test_a_long_first_run_goes_no_faster_than_the_quota_and_ends_well(seeker, verb):
    google = seeker.google
    google.limit = quota.PER_MINUTE
    conversations(google, 200)
    for _ in range(2):  # the second begins at once after the first, and knows nothing of it
        found = seeker.run(BEFORE, verb)
        assert (found["exit"], found["problems"]) == (0, [])
    assert not [request for request in google.requests if request.status == 403]
    assert google.spent > 8_000


def test_at_a_limit_that_others_have_used_up_what_was_read_is_kept_and_it_goes_on(seeker):
    google = seeker.google
    google.limit = 1_000  # as if another program used the rest
    conversations(google, 60)
    found = seeker.run(BEFORE)
    assert (found["exit"], found["problems"]) == (0, [])
    assert [request for request in google.requests if request.status == 403]
    read = [request.path for request in google.requests if "/threads/" in request.path and request.status == 200]
    assert len(read) == len(set(read)) == 60


def too_many(path, **more):
    """Return a limit at requests with this end, worded as Gmail words it for a user."""
    error = {"code": 403, "message": "User-rate limit exceeded.", "status": "PERMISSION_DENIED", **more}
    return lambda request: said({"error": error}, 403) if request.path.endswith(path) else None


INFO = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"}


@pytest.mark.parametrize(
    "more",
    [
        {
            "message": "User-rate limit exceeded.  Retry after {later} (Mail fetch)",
            "errors": [{"reason": "rateLimitExceeded"}],
        },
        {"message": "Quota exceeded", "details": [INFO, {"retryDelay": "899.5s"}]},
    ],
)
def test_google_is_left_alone_as_long_as_its_words_say(seeker, more):
    later = datetime.now(UTC) + timedelta(minutes=15)
    more = {**more, "message": more["message"].replace("{later}", f"{later:%Y-%m-%dT%H:%M:%S}.000Z")}
    seeker.google.instead.append(too_many("/profile", **more))
    found = seeker.run(BEFORE)
    assert "Google asks to be left alone for 14 minutes" in found["problems"][0]["message"]
    assert seeker.google.clock.now == 0
    seeker.google.instead.clear()
    assert "left alone until" in seeker.run("2026-11-18T09:10")["problems"][0]["message"]
    assert seeker.run("2026-11-18T09:16")["exit"] == 0


@pytest.mark.parametrize("heeds", [True, False])
def test_one_draft_beside_150_others_takes_five_requests(seeker, heeds):
    google = seeker.google
    google.heeds = heeds
    for number in range(150):
        letter(google, number)
    google.entries["primary"] = [interview()]
    seeker.run(BEFORE)
    google.forget()
    assert ("create", "thank-you") in changes(seeker, EVENING)
    asked = [request for request in google.requests if "/drafts" in request.path]
    assert len(asked) <= 5
    assert google.spent <= 70


# -- refusals, as they are


def refused(seeker, error, status=400, **more):
    """Let the login be an hour old and its renewal be refused; return what a run says of it."""
    seeker.google.token_file(seeker.folder / "token.json", expiry="2001-01-01T00:00:00Z")
    answer = said({"error": error, **more}, status)
    seeker.google.instead.append(lambda request: answer if request.path == "/token" else None)
    return seeker.run(BEFORE)["problems"][0]["message"]


@pytest.mark.parametrize(
    ("error", "more", "said_of_it"),
    [
        ("invalid_grant", {"error_description": "Token has been expired or revoked."}, "7 days"),
        ("deleted_client", {}, "make a new one"),
        ("invalid_client", {}, "make a new one"),
        ("disabled_client", {}, "switch it on again"),
        ("admin_policy_enforced", {}, "administrator"),
        (
            "invalid_grant",
            {"error_subtype": "invalid_rapt", "error_description": "reauth related error"},
            "who you are",
        ),
        ("temporarily_unavailable", {}, "the next run tries again"),
        ("rules_of_tomorrow", {"error_description": "Only on Mondays."}, "rules_of_tomorrow: Only on Mondays."),
    ],
)
def test_a_login_that_is_not_renewed_is_told_as_google_tells_it(seeker, error, more, said_of_it):
    message = refused(seeker, error, **more)
    assert said_of_it in message
    assert ("followup auth google" in message) == (
        error not in ("disabled_client", "admin_policy_enforced", "temporarily_unavailable")
    )
    assert len([request for request in seeker.google.requests if request.path == "/token"]) < 20


def test_a_login_without_anything_to_renew_it_says_how_to_get_one(seeker):
    seeker.google.token_file(seeker.folder / "token.json", expiry="2001-01-01T00:00:00Z", refresh_token="")
    assert "take its permission back" in seeker.run(BEFORE)["problems"][0]["message"]


def test_a_renewal_that_grants_less_is_not_warned_of_on_the_screen(seeker, capfd):
    seeker.google.token_file(seeker.folder / "token.json", expiry="2001-01-01T00:00:00Z")
    assert call(seeker.folder, "run", "--now", BEFORE).exit_code == 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("path", "code", "reason", "message", "told"),
    [
        ("/profile", 403, "domainPolicy", "The domain administrators have disabled Gmail apps.", "administrator"),
        ("/profile", 400, "failedPrecondition", "Mail service not enabled", "has no Gmail"),
        ("/events", 403, "requiredAccessLevel", "You need to have reader access.", "take it out of `calendars`"),
    ],
)
def test_a_refusal_says_who_can_help(seeker, path, code, reason, message, told):
    seeker.google.instead.append(lambda request: failed(code, reason, message) if request.path.endswith(path) else None)
    assert told in " ".join(each["message"] for each in seeker.run(BEFORE)["problems"])


def test_a_task_list_that_is_gone_with_400_is_missing_and_not_every_task_dismissed(seeker):
    thanked(seeker)
    seeker.google.lists.clear()
    told = " ".join(each["message"] for each in seeker.run(LATER)["problems"])
    assert "the list in which its tasks lie is missing" in told
    assert state(seeker, LATER, "debrief") == "due"


def test_notes_that_come_back_with_crlf_are_not_edited(seeker):
    thanked(seeker)
    (tasks,) = seeker.google.lists.values()
    for task in tasks["tasks"]:
        task["notes"] = task["notes"].replace("\n", "\r\n")
    seeker.google.entries["primary"][0].update(status="cancelled", updated="2026-11-19T14:00:00.000Z")
    assert ("withdraw", "debrief") in changes(seeker, LATER)


# -- what the account answers


def test_the_doctor_tells_what_google_answers_and_nothing_private(seeker):
    google = seeker.google
    thanked(seeker)
    google.mail(["SENT"], at("2026-11-10T10:00"), From=google.email, To=JULIE, Subject="Secret", Message_ID="<a@x>")
    google.schedule(google.drafts()[0], at("2026-11-20T08:00"))
    google.instead.append(lambda request: Reply(403, b"no") if request.path.endswith("/lists") else None)
    told = call(seeker.folder, "doctor", "--google")
    assert told.exit_code == 0
    words = " ".join(told.output.split())
    for fact in (
        "labels SENT",
        "labels SCHEDULED",
        "capitals in their names matter",
        "found by its Message-ID",
        "refused",
    ):
        assert fact in words, fact
    for private in ("nordik", "julie", "camille", "Secret", "Entrevue"):
        assert private not in words.lower().replace("secrets", ""), private


def test_the_doctor_knows_no_service_of_another_name(seeker):
    told = call(seeker.folder, "doctor", "--goggle")
    assert told.exit_code == 2
    assert '"--google"' in told.output


# -- the story of examples/, with all of this in its way


def ran(config, now, ids=()):
    """Run; return what changed, and what went wrong."""
    told = call(config.parent, "run", "--now", now.isoformat(), "--json").stdout
    for at_google, in_the_file in dict(ids).items():
        told = told.replace(at_google, in_the_file)
    found = json.loads(told)
    shown = ("op", "key", "type", "title", "text", "to")
    return {json.dumps([each[name] for name in shown]) for each in found["changes"]}, found["problems"]


def test_the_story_of_the_examples_gives_the_same_actions_with_every_fault_in_its_way(scripted, tmp_path):
    for name in ("google", "files"):
        (tmp_path / name).mkdir()
    life, on_files = Life(scripted, tmp_path / "google"), story.set_up(tmp_path / "files")
    scripted.limit, scripted.heeds = quota.PER_MINUTE, False
    scripted.as_stored = lambda raw: stripped(rewritten(raw))
    at_google = life.set_up()
    lost = []

    def swallow(request):  # the answer to every other draft is lost
        if (request.method, request.path) == ("POST", "/gmail/v1/users/me/drafts"):
            lost.append(request)
            if len(lost) % 2:
                scripted._done(request)
                return failed(503)
        return None

    scripted.instead.append(swallow)
    for number in range(5):
        letter(scripted, number)
    for now, _, _ in story.expected():
        story.turn_to(on_files.parent, now)
        life.turn_to(now)
        wanted, _ = ran(on_files, now)
        first, troubles = ran(at_google, now, life.ids)
        again, left = ran(at_google, now, life.ids) if troubles else (set(), [])
        assert (first | again, left) == (wanted, [])
        subjects = [mail.header("Subject") for mail in scripted.drafts()]
        assert len(subjects) == len(set(subjects))
    assert lost
    assert len(scripted.drafts()) == 5
