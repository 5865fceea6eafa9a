"""Drafts in Gmail and tasks in Google Tasks: in the right conversation, found again, and never over the user's hand."""

from datetime import timedelta

import pytest
from googlelab.faults import altered, status
from googlelab.seeker import Seeker
from msgspec.structs import replace
from test_google_contracts import opened

from followup_google import DraftsOptions, TasksOptions
from followup_google.letters import THREAD
from followup_rules import Refused, Status
from followup_rules.model import Reply
from followup_rules.testing import NOW, OutputContract

DRAFT = replace(OutputContract.example, type="draft")
TASK = OutputContract.example
ANSWER = """
[rule.answer]
why = "They asked."
on = { kind = "received" }
opens = "start"
do = { type = "draft", to = "them", reply_to = "it", title = "Answer", text = "Voici." }
"""


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
    ref = drafts().create(replace(DRAFT, reply=Reply("1@nordik.ca", "1@nordik.ca", "Question", {THREAD: "deleted"})))
    assert drafts().status([ref]) == {ref: Status("open")}
    assert "threadId" not in google.asked("POST", "/drafts")[-1].json["message"]


# -- drafts: the marks


def test_a_draft_is_marked_and_is_no_mail_to_be_opened_by_the_recipient(google, drafts):
    drafts().create(DRAFT)
    (draft,) = google.drafts()
    assert draft.message["X-Followup-Key"] == DRAFT.key
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


def lose(google, names):
    """Store the draft again without some headers, as a mail program might."""
    (draft,) = google.drafts()
    google.delete_draft(draft.draft)
    for name in names:
        del draft.message[name]
    google.keep_draft(draft)


# -- drafts: the user's hand


@pytest.mark.parametrize("change", ["To", "Subject", "Cc"])
def test_a_change_in_the_head_of_a_draft_is_an_edit(google, drafts, change):
    ref = drafts().create(DRAFT)
    (draft,) = google.drafts()
    del draft.message[change]
    draft.message[change] = "paul@nordik.ca" if change != "Subject" else "Another subject"
    google.save_draft(draft)
    assert drafts().status([ref])[ref].state == "touched"
    with pytest.raises(Refused, match="you have edited"):
        drafts().update(ref, replace(DRAFT, text="Other words"))


def test_how_lines_are_broken_is_no_edit(google, drafts):
    ref = drafts().create(DRAFT)
    (draft,) = google.drafts()
    draft.message.set_content(draft.text.replace("\n", "\n\n") + "\n")
    google.save_draft(draft)
    assert drafts().status([ref])[ref].state == "open"


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
    ref = drafts().create(replace(DRAFT, reply=Reply("1@x.ca", "1@x.ca", "Question", {THREAD: first.thread})))
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


def test_a_task_loses_its_date_when_the_action_does(google, tasks):
    ref = tasks().update(tasks().create(TASK), replace(TASK, due=None))
    assert google.tasks()[0].get("due") is None
    assert tasks().status([ref])[ref].state == "open"


def test_a_task_that_goes_between_look_and_change_is_a_refusal(google, tasks):
    ref = tasks().create(TASK)
    google.fault(status(404), "PATCH")
    with pytest.raises(Refused, match="just gone"):
        tasks().update(ref, replace(TASK, title="Other"))


def test_a_completed_task_without_a_time_is_done(google, tasks):
    ref = tasks().create(TASK)
    google.tick_task(google.tasks()[0]["id"], NOW)
    google.fault(altered(without_completed), "GET", "*/tasks")
    assert tasks().status([ref]) == {ref: Status("done")}


def without_completed(found):
    """Ours: Google's description does not promise the time."""
    items = [{name: value for name, value in task.items() if name != "completed"} for task in found["items"]]
    return {**found, "items": items}
