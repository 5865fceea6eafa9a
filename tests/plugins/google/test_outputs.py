"""Drafts in Gmail and tasks in Google Tasks: in the right conversation, found again, and never over the user's hand."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from followup_google import DraftsOptions, TasksOptions, service
from followup_google import drafts as gmail
from followup_google.letters import ACCOUNT, THREAD, event
from followup_google.shown import Draft, ident_of
from followup_rules import Context, Profile, Refused, Status, Unreadable
from followup_rules.keys import hashed
from followup_rules.model import Reply
from followup_rules.testing import NOW, ZONE, OutputContract
from tests.plugins.google.test_contracts import opened
from tests.support.googlelab.faults import altered, meanwhile, refuse, says, status
from tests.support.googlelab.seeker import Seeker

DRAFT = replace(OutputContract.example, type="draft")
TASK = OutputContract.example
ANSWER = """
[rule.answer]
why = "They asked."
on = { kind = "received" }
opens = "start"
do = { type = "draft", to = "them", reply_to = "it", title = "Answer", text = "Voici." }
"""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(service, "sleep", lambda _: None)


@pytest.fixture
def drafts(google, tmp_path):
    return lambda: opened(google, tmp_path, DraftsOptions)


@pytest.fixture
def tasks(google, tmp_path):
    return lambda **options: opened(google, tmp_path, TasksOptions, **options)


# -- drafts: the conversation


def test_an_answer_lies_in_its_conversation_with_the_same_subject(google, tmp_path):
    first = google.sent("julie@nordik.ca", "Question", "Bonjour", NOW - timedelta(days=1))
    theirs = google.received(
        "julie@nordik.ca", "Re: Question", "Quand ?", NOW, thread=first.thread, in_reply_to=first.message_id
    )
    seeker = Seeker(google, tmp_path / "seeker").set_up(ANSWER)
    assert seeker.run("2026-11-20T12:30")["exit"] == 0
    (draft,) = google.drafts()
    assert draft.thread == first.thread
    assert draft.message["Subject"] == "Re: Question"
    assert draft.message["In-Reply-To"] == theirs.message_id
    assert theirs.message_id in draft.message["References"]
    assert not google.asked("GET", "/messages/send")


def test_the_conversation_of_a_mail_that_another_source_has_shown_is_looked_up(google, drafts):
    theirs = google.received("julie@nordik.ca", "Question", "Quand ?", NOW)
    reply = Reply(theirs.message_id.strip("<>"), theirs.message_id.strip("<>"), "Question")
    drafts().create(replace(DRAFT, reply=reply))
    assert google.drafts()[0].thread == theirs.thread


def test_an_answer_in_a_conversation_that_was_deleted_begins_a_new_one(google, drafts):
    google.fault(status(404), "POST", "*/drafts")
    ref = drafts().create(answering(google, "deleted"))
    assert drafts().status([ref]) == {ref: Status("open")}
    assert "threadId" not in google.asked("POST", "/drafts")[-1].json["message"]


def answering(google, thread):
    """Return the draft as an answer in that conversation of the account."""
    return replace(DRAFT, reply=Reply("1@x.ca", "1@x.ca", "Question", {THREAD: thread, ACCOUNT: google.email}))


def test_the_conversation_of_another_account_is_none_of_this_one(google, drafts):
    theirs = google.received("julie@nordik.ca", "Question", "Quand ?", NOW)
    ident = theirs.message_id.strip("<>")
    data = {THREAD: "0123456789abcdef", ACCOUNT: "else@where.org"}
    found = {"messages": [{"id": theirs.id, "threadId": theirs.thread}]}  # the emulator finds nothing by this question
    google.gateway.fault_if(says(found), lambda request: request.query.get("q") == f"rfc822msgid:{ident}")
    drafts().create(replace(DRAFT, reply=Reply(ident, ident, "Question", data)))
    (asked,) = google.asked("POST", "/drafts")
    assert asked.json["message"]["threadId"] == theirs.thread


def test_an_event_names_the_account_that_knows_its_conversation():
    resource = {"id": "1", "threadId": "2", "internalDate": "1700000000000", "payload": {}}
    since = NOW - timedelta(days=10_000)
    assert event(resource, (), since, "me@x.ca").data == {THREAD: "2", ACCOUNT: "me@x.ca"}
    assert event(resource, (), since).data == {THREAD: "2"}
    assert event({**resource, "labelIds": ["DRAFT"]}, (), since, "me@x.ca") is None


def test_a_draft_is_written_from_its_account_if_that_is_mine(google, tmp_path):
    google.token_file(tmp_path / "token.json")
    for me in ({"me@example.org", google.email}, {"me@example.org"}):
        profile = Profile(me=frozenset(me), address="me@example.org", timezone=ZONE)
        options = DraftsOptions(account=google.email, token=tmp_path / "token.json", api_endpoint=google.url)
        gmail.GmailDrafts(options, Context(profile=profile, now=NOW)).create(replace(DRAFT, key=f"of {len(me)}"))
    assert {str(draft.message["From"]) for draft in google.drafts()} == {"me@example.org", google.email}


def test_an_answer_that_tells_no_conversation_makes_a_draft_all_the_same(google, drafts):
    google.fault(altered(without_thread), path="*/drafts*", nth=None)
    ref = drafts().create(DRAFT)
    assert drafts().find(DRAFT.key) == ref
    ref = drafts().update(ref, replace(DRAFT, text="Other words"))
    assert drafts().status([ref]) == {ref: Status("open")}
    google.heal()
    google.delete_draft(google.drafts()[0].draft)
    assert drafts().status([ref]) == {ref: Status("gone")}
    assert not [asked for asked in google.requests if "/threads" in asked.path]


def test_a_draft_that_gmail_moves_to_another_conversation_is_followed_there(google, drafts):
    ref = drafts().create(DRAFT)
    other = google.sent("julie@nordik.ca", "Question", "Bonjour", NOW + timedelta(hours=1))
    google.fault(altered(lambda made: {**made, "message": {**made["message"], "threadId": other.thread}}), "PUT")
    ref = drafts().update(ref, replace(DRAFT, text="Other words"))
    google.delete_draft(google.drafts()[0].draft)
    assert drafts().status([ref]) == {ref: Status("done", NOW + timedelta(hours=1))}


def without_thread(found):
    message = found.get("message")
    return (
        {**found, "message": {key: value for key, value in message.items() if key != "threadId"}} if message else found
    )


# -- drafts: the marks


def test_a_draft_without_the_hash_of_its_key_is_known_all_the_same(google, tmp_path):
    def output():
        return opened(google, tmp_path, DraftsOptions, key_header=False)

    ref = output().create(DRAFT)
    (draft,) = google.drafts()
    assert draft.message["X-Followup-Key"] is None
    assert (output().find(DRAFT.key), output().create(DRAFT)) == (ref, ref)
    assert len(google.drafts()) == 1
    lose(google, {"Message-ID"})
    output().create(DRAFT)
    assert len(google.drafts()) == 1


def test_a_draft_is_marked_and_is_no_mail_to_be_opened_by_the_recipient(google, drafts):
    drafts().create(DRAFT)
    (draft,) = google.drafts()
    assert draft.message["X-Followup-Key"] == hashed(DRAFT.key)
    assert draft.message["Message-ID"].startswith("<followup-")
    assert draft.message["X-Unsent"] is None


@pytest.mark.parametrize("kept", [("Message-ID",), ("X-Followup-Key", "X-Followup-Seal"), ()])
def test_a_draft_is_not_doubled_whichever_marks_gmail_drops(google, drafts, kept):
    drafts().create(DRAFT)
    lose(google, {"Message-ID", "X-Followup-Key", "X-Followup-Seal"} - set(kept))
    drafts().create(DRAFT)
    assert len(google.drafts()) == 1


def test_a_draft_of_the_users_own_with_another_text_is_none_of_ours(google, drafts):
    mine = google.write_draft("julie.roy@nordik.ca", DRAFT.title, "My own words")
    ref = drafts().create(DRAFT)
    assert len(google.drafts()) == 2
    drafts().withdraw(ref)
    assert [each.draft for each in google.drafts()] == [mine.draft]
    assert google.drafts()[0].text == mine.text


@pytest.mark.parametrize("seal", [None, "", "one", "one two", f"one {'9' * 5_000}", "one -1", "a b c"])
def test_an_old_mail_is_not_taken_for_a_draft_that_has_lost_when_it_was_made(google, drafts, seal):
    first = google.sent("julie@nordik.ca", "Question", "Bonjour", NOW - timedelta(days=1))
    drafts().create(answering(google, first.thread))
    (draft,) = google.drafts()
    del draft.message["X-Followup-Seal"]
    if seal is not None:
        draft.message["X-Followup-Seal"] = seal
    google.save_draft(draft)
    ref = drafts().find(DRAFT.key)
    assert drafts().status([ref]) == {ref: Status("touched")}
    google.delete_draft(draft.draft)
    assert drafts().status([ref]) == {ref: Status("gone")}


# -- drafts: many, and odd ones


def test_of_thousands_of_drafts_only_the_newest_are_looked_at(google, tmp_path, monkeypatch):
    monkeypatch.setattr(gmail, "_FEW", 3)
    several(google, 8)
    in_years = NOW + timedelta(days=10_000)  # the emulator goes by the date in a draft
    ref = opened(google, tmp_path, DraftsOptions, in_years).create(DRAFT)
    asked = [request.path.rpartition("/")[2] for request in google.asked("GET")]
    assert (asked.count("drafts"), len(asked)) == (2, 2 + 3)
    assert opened(google, tmp_path, DraftsOptions, in_years).create(DRAFT) == ref
    assert len(google.drafts()) == 9


def test_an_older_draft_of_ours_is_found_by_its_message_id(google, drafts, monkeypatch):
    monkeypatch.setattr(gmail, "_MOST", 3)
    ref = drafts().create(DRAFT)
    (ours,) = google.drafts()
    several(google, 8)
    asked = f"rfc822msgid:{ours.message_id.strip('<>')}"
    found = says({"drafts": [{"id": ours.draft}]})
    google.gateway.fault_if(found, lambda request: asked in request.query.get("q", ""))
    assert drafts().create(DRAFT) == ref
    assert drafts().find("demo/other@2026-11-09") is None
    assert len(google.drafts()) == 9


def test_what_a_store_does_not_know_is_told_by_its_mark_with_its_subject(google, drafts):
    drafts().create(DRAFT)
    several(google, 3)
    assert drafts().marked() == {hashed(DRAFT.key): f"https://mail.google.com/mail/#drafts: {DRAFT.title}"}


@pytest.mark.parametrize("kept", ["Message-ID", "X-Followup-Key"])
def test_either_mark_that_gmail_keeps_tells_the_key(kept):
    marks = {"Message-ID": f"<{ident_of(DRAFT.key, 'me@x.ca')}>", "X-Followup-Key": hashed(DRAFT.key)}
    headers = [{"name": kept, "value": marks[kept]}, {"name": "Subject", "value": "Hello"}]
    draft = Draft.of({"id": "1", "message": {"payload": {"headers": headers}}})
    assert draft.mark == hashed(DRAFT.key)


def test_to_tell_what_lies_there_is_one_look_at_the_newest_drafts(google, drafts, monkeypatch):
    monkeypatch.setattr(gmail, "_MOST", 3)
    several(google, 8)
    output = drafts()
    google.forget()
    output.find(DRAFT.key)
    looked = len(google.asked("GET"))
    assert output.marked() == {}
    assert len(google.asked("GET")) == looked
    google.forget()
    assert drafts().marked() == {}
    assert len(google.asked("GET")) == 1 + 3


def several(google, number):
    for each in range(number):
        google.write_draft("aunt@example.org", f"Letter {each}", "Dear aunt")


@pytest.mark.parametrize("code", [400, 500])
def test_one_draft_that_cannot_be_read_hides_no_other(google, drafts, code):
    odd = drafts().create(replace(DRAFT, key="demo/odd@2026-11-09"))
    ref = drafts().create(DRAFT)
    google.fault(status(code), "GET", f"*/drafts/{odd.partition(' ')[0]}", nth=None)
    google.gateway.fault_if(says({}), lambda request: "q" in request.query)  # the emulator heeds no question
    assert drafts().status([odd, ref]) == {ref: Status("open")}
    assert drafts().find(DRAFT.key) == ref
    drafts().create(replace(DRAFT, key="demo/third@2026-11-09"))
    assert len(google.drafts()) == 3


@pytest.mark.parametrize("code", [400, 500])
def test_a_draft_of_ours_that_cannot_be_read_is_not_made_again(google, drafts, code):
    drafts().create(replace(DRAFT, key="demo/other@2026-11-09"))
    odd = drafts().create(DRAFT).partition(" ")[0]
    google.fault(status(code), "GET", f"*/drafts/{odd}", nth=None)
    google.gateway.fault_if(says({"drafts": [{"id": odd}]}), lambda request: "q" in request.query)
    with pytest.raises(Refused, match=str(code)):
        drafts().create(DRAFT)
    with pytest.raises(Unreadable, match=str(code)):
        drafts().find(DRAFT.key)
    assert len(google.drafts()) == 2


@pytest.mark.parametrize("fault", [status(500), status(401), status(429, retry_after=60)])
@pytest.mark.parametrize("also", [0, 1, 2])
def test_where_no_draft_can_be_read_nothing_is_told_of_any(google, drafts, fault, also):
    refs = [drafts().create(replace(DRAFT, key=f"demo/{number}@2026-11-09")) for number in range(1 + also)]
    google.fault(fault, "GET", "*/drafts/*", nth=None)
    with pytest.raises(Unreadable):
        drafts().status(refs)


def test_a_network_that_fails_on_the_way_is_not_taken_for_odd_drafts(google, drafts):
    refs = [drafts().create(replace(DRAFT, key=f"demo/{number}@2026-11-09")) for number in range(4)]
    output = drafts()
    google.fault(meanwhile(lambda: google.fault(refuse, nth=None)), "GET", "*/drafts/*")
    with pytest.raises(Unreadable, match="cannot be reached"):
        output.status(refs)


def test_a_draft_that_cannot_be_looked_for_is_for_certain_not_made(google, drafts):
    google.fault(status(429, retry_after=1800), "GET", "*/drafts", nth=None)
    with pytest.raises(Refused, match="left alone") as refused:
        drafts().create(DRAFT)
    assert refused.value.wait == timedelta(minutes=30)
    assert not google.drafts()


def lose(google, names):
    """Store the draft again without some headers, as a mail program might."""
    (draft,) = google.drafts()
    google.delete_draft(draft.draft)
    for name in names:
        del draft.message[name]
    google.keep_draft(draft)


# -- drafts: the user's hand


@pytest.mark.parametrize("change", ["To", "Subject", "Cc", "From"])
def test_a_change_in_the_head_of_a_draft_is_an_edit(google, drafts, change):
    ref = drafts().create(DRAFT)
    (draft,) = google.drafts()
    del draft.message[change]
    draft.message[change] = "paul@nordik.ca" if change != "Subject" else "Another subject"
    google.save_draft(draft)
    assert drafts().status([ref])[ref].state == "touched"
    with pytest.raises(Refused, match="you have edited"):
        drafts().update(ref, replace(DRAFT, text="Other words"))


PARAGRAPHS = "Bonjour Julie,\n\nune  ligne et\nune autre.\n\n\nMerci !\n"


@pytest.mark.parametrize(
    "saved", [PARAGRAPHS.replace("et\nune", "et une"), PARAGRAPHS.replace("\n", " \n"), f"\n{PARAGRAPHS}\n\n"]
)
def test_how_lines_are_broken_is_no_edit(google, drafts, saved):
    ref = drafts().create(replace(DRAFT, text=PARAGRAPHS))
    google.edit_draft(google.drafts()[0].draft, saved)
    assert drafts().status([ref])[ref].state == "open"


@pytest.mark.parametrize("saved", [PARAGRAPHS.replace("et\n", "et\n\n"), PARAGRAPHS.replace(",\n\n", ",\n")])
def test_another_paragraph_is_an_edit(google, drafts, tasks, saved):
    ref = drafts().create(replace(DRAFT, text=PARAGRAPHS))
    google.edit_draft(google.drafts()[0].draft, saved)
    assert drafts().status([ref])[ref].state == "touched"
    ref = tasks().create(replace(TASK, text=PARAGRAPHS))
    (task,) = google.tasks()
    assert PARAGRAPHS.strip() in task["notes"]
    google.edit_task(task["id"], notes=task["notes"].replace(PARAGRAPHS.strip(), saved.strip()))
    assert tasks().status([ref])[ref].state == "touched"


def test_a_file_that_hangs_on_a_draft_is_an_edit(google, drafts):
    ref = drafts().create(DRAFT)
    (draft,) = google.drafts()
    draft.message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="cv.pdf")
    google.save_draft(draft)
    assert drafts().status([ref])[ref].state == "touched"


def test_a_draft_in_the_bin_is_gone(google, drafts):
    ref = drafts().create(DRAFT)
    google.trash(google.drafts()[0].id)
    assert drafts().status([ref]) == {ref: Status("gone")}


def test_a_sent_draft_is_done_when_it_was_sent_if_the_login_may_look(google, tmp_path):
    output = opened(google, tmp_path, DraftsOptions)
    ref = output.create(DRAFT)
    google.send_draft(google.drafts()[0].draft, NOW + timedelta(hours=3))
    assert output.status([ref]) == {ref: Status("done", NOW + timedelta(hours=3))}
    google.token_file(tmp_path / "token.json", scopes=["https://www.googleapis.com/auth/gmail.compose"])
    assert opened(google, tmp_path, DraftsOptions).status([ref]) == {ref: Status("gone")}


def test_an_older_mail_of_the_conversation_does_not_make_a_deleted_draft_a_sent_one(google, drafts):
    first = google.sent("julie@nordik.ca", "Question", "Bonjour", NOW - timedelta(days=1))
    ref = drafts().create(answering(google, first.thread))
    google.delete_draft(google.drafts()[0].draft)
    assert drafts().status([ref]) == {ref: Status("gone")}


def test_a_draft_that_is_deleted_between_look_and_change_is_a_refusal(google, drafts):
    ref = drafts().create(DRAFT)
    google.fault(status(404), "PUT")
    with pytest.raises(Refused, match="just gone"):
        drafts().update(ref, replace(DRAFT, text="Other words"))
    google.fault(status(404), "DELETE")
    with pytest.raises(Refused, match="just gone"):
        drafts().withdraw(ref)


# -- tasks


def test_the_task_list_is_made_once_and_found_by_its_name(google, tasks):
    tasks(list="Bewerbungen").create(TASK)
    tasks(list="Bewerbungen").create(replace(TASK, key="demo/other@2026-11-09"))
    made = google.asked("POST", "/lists")
    assert [request.json for request in made] == [{"title": "Bewerbungen"}]


@pytest.mark.parametrize("name", ["", " ", " followup", "followup\n"])
def test_a_list_whose_name_google_would_change_is_refused(name):
    with pytest.raises(ValueError, match="list"):
        TasksOptions(list=name)


def test_a_task_is_found_on_a_later_page(google, tasks):
    output = tasks()
    first = output.create(TASK)
    for number in range(120):
        output.create(replace(TASK, key=f"demo/{number}@2026-11-09"))
    assert tasks().find(TASK.key) == first


def test_no_text_can_pass_for_another_task(google, tasks):
    other = "demo/other@2026-11-09"
    ref = tasks().create(replace(TASK, text=f"Bonjour\nseal:0123456789abcdef\n{other}\n"))
    assert tasks().find(other) is None
    assert tasks().find(TASK.key) == ref
    assert tasks().status([ref])[ref].state == "open"


def test_a_very_long_text_leaves_room_for_the_key(google, tasks):
    ref = tasks().create(replace(TASK, text="long " * 5_000, title="title " * 500))
    (task,) = google.tasks()
    assert len(task["notes"]) < 8_192
    assert len(task["title"]) < 1_024
    assert tasks().find(TASK.key) == ref


@pytest.mark.parametrize("fields", [{"title": "Mine"}, {"due": "2026-11-25T00:00:00.000Z"}, {"notes": "Mine"}])
def test_whatever_the_user_changes_of_a_task_is_an_edit(google, tasks, fields):
    ref = tasks().create(TASK)
    google.edit_task(google.tasks()[0]["id"], **fields)
    assert tasks().status([ref])[ref].state == "touched"
    with pytest.raises(Refused, match="edited or finished"):
        tasks().withdraw(ref)


def test_of_tasks_those_that_are_still_to_be_done_are_told_by_key_and_title(google, tasks):
    assert (tasks().marked(), google.tasks()) == ({}, [])
    keys = [f"demo/{name}@2026-11-09" for name in ("open", "ticked", "deleted", "edited")]
    by_key = {key: tasks().create(replace(TASK, key=key)).split(" ")[1] for key in keys}
    google.tick_task(by_key[keys[1]], NOW)
    google.delete_task(by_key[keys[2]])
    google.edit_task(by_key[keys[3]], notes=f"{google.task(by_key[keys[3]])['notes']}\nMine")
    google.forget()
    told = f"https://tasks.google.com/: {TASK.title}"
    assert tasks().marked() == {keys[0]: told, keys[3]: told}
    assert len(google.asked("GET")) == 2


def test_a_task_loses_its_date_when_the_action_does(google, tasks):
    ref = tasks().update(tasks().create(TASK), replace(TASK, due=None))
    assert google.tasks()[0].get("due") is None
    assert tasks().status([ref])[ref].state == "open"


def test_a_task_that_goes_between_look_and_change_is_a_refusal(google, tasks):
    ref = tasks().create(TASK)
    google.fault(status(404), "PATCH")
    with pytest.raises(Refused, match="just gone"):
        tasks().update(ref, replace(TASK, title="Other"))


def test_a_task_that_cannot_be_looked_for_is_for_certain_not_made(google, tasks):
    google.fault(status(429, retry_after=1800), "GET", "*/tasks", nth=None)
    with pytest.raises(Refused, match="left alone") as refused:
        tasks().create(TASK)
    assert refused.value.wait == timedelta(minutes=30)


def test_a_task_whose_list_has_just_gone_is_a_refusal(google, tasks):
    google.fault(status(404), "POST", "*/tasks")
    with pytest.raises(Refused, match="404"):
        tasks().create(TASK)
    assert not google.tasks()


def test_a_completed_task_without_a_time_is_done(google, tasks):
    ref = tasks().create(TASK)
    google.tick_task(google.tasks()[0]["id"], NOW)
    google.fault(altered(without_completed), "GET", "*/tasks")
    assert tasks().status([ref]) == {ref: Status("done")}


def without_completed(found):
    """Ours: Google's description does not promise the time."""
    items = [{name: value for name, value in task.items() if name != "completed"} for task in found["items"]]
    return {**found, "items": items}
