"""Which note each note was before: an id stays with its note, whatever becomes of the others."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from followup_rules import BadItem, Event, Person
from followup_rules.engine.same_notes import keep, settle
from tests.support.rulelab import TORONTO

DAY = datetime(2026, 11, 12, tzinfo=UTC)
JULIE = (Person("julie.roy@nordik.ca"),)


def note(text, line=1, file="notes.md", people=JULIE, heading="Nordik", at=DAY, tag="promise", **fields):
    """A note as a source reads it: of that whole day, unless `at` has a time or is None."""
    stamp = "" if at is None else at.date().isoformat() if at == DAY else f"{at:%Y-%m-%dT%H:%M}"
    who = people[0].address if people else heading
    start = at or DAY + timedelta(hours=12)
    return Event(
        id=f"{file.removesuffix('.md')}:{who}:{stamp}:{tag}", kind="note", start=start, end=start, title=text,
        people=people, tags=(tag,), heading=heading, whole_day=at == DAY, undated=at is None,
        where=f"{file}:{line}", source_line=f"- {stamp} #{tag} {text}", **fields,
    )  # fmt: skip


class Memory:
    """What a store would know: ticks follow each other, and what is not read any more is gone."""

    def __init__(self):
        self.known = {}
        self.tick = 0

    def read(self, *notes):
        """Read notes as a file holds them; return their ids by their text."""
        self.tick += 1
        numbered, count = [], {}
        for each in notes:
            count[each.id] = count.get(each.id, 0) + 1
            numbered.append(replace(each, id=f"{each.id}:{count[each.id]}") if count[each.id] > 1 else each)
        settled = settle(numbered, list(self.known.values()), set(self.known), UTC)
        assert len({each.id for each in settled}) == len(notes)
        self.known |= {each.id: each for each in settled}
        now = {each.id for each in settled}
        moment = DAY + timedelta(hours=self.tick)
        self.known = {
            ident: each if ident in now or each.gone else replace(each, gone=moment)
            for ident, each in self.known.items()
        }
        return {each.title: each.id for each in settled}

    def starts(self):
        return {each.title: each.start for each in self.known.values() if each.gone is None}


@pytest.fixture
def memory():
    return Memory()


def test_the_first_of_equal_notes_has_the_plain_id_and_the_others_are_numbered_by_their_text(memory):
    ids = memory.read(note("Send b", 1), note("Send a", 2))
    assert ids == {"Send a": "notes:julie.roy@nordik.ca:2026-11-12:promise",
                   "Send b": "notes:julie.roy@nordik.ca:2026-11-12:promise:2"}  # fmt: skip


@pytest.mark.parametrize(
    "wheres",
    [
        ("notes.md:9", "notes.md:10"),  # by the number of the line
        ("a.md:9", "b.md:2"),  # file by file
        ("c:/a.md:9", "c:/b.md:2"),
        ("c:/a.md:9", "c:/a.md:10"),
        ("a.md:2", "a.md:3"),
        ("aa.md:1", "b.md:1"),
        ("c:/aa.md:1", "c:/b.md:1"),
        ("a.md", "a.md:1"),  # one without a line comes first
    ],
)
def test_equal_notes_are_numbered_in_the_order_in_which_they_stand(wheres):
    twins = [replace(note("Call"), id=f"notes:x:{n}", where=where) for n, where in enumerate(reversed(wheres), 2)]
    for read in (twins, twins[::-1]):
        settled = {each.where: each.id for each in settle(read, [], set(), UTC)}
        assert [settled[where] for where in wheres] == ["notes:x", "notes:x:2"]


def test_of_two_notes_in_one_place_the_first_by_its_id_is_the_first():
    twins = [replace(note("Call"), id=f"notes:x:{n}", source_line=f"- {n}") for n in (2, 3)]
    for read in (twins, twins[::-1]):
        assert {each.source_line: each.id for each in settle(read, [], set(), UTC)} == {
            "- 2": "notes:x",
            "- 3": "notes:x:2",
        }


def test_one_of_equal_notes_is_deleted_and_the_other_keeps_its_id(memory):
    before = memory.read(note("Send the address"), note("Send the sheet", 2))
    assert memory.read(note("Send the sheet")) == {"Send the sheet": before["Send the sheet"]}


def test_an_equal_note_above_gets_an_id_of_its_own_even_if_another_is_gone(memory):
    before = memory.read(note("Send the address"))
    memory.read()
    after = memory.read(note("Send the sheet"))
    assert after["Send the sheet"] not in before.values()


def test_what_comes_back_is_what_it_was(memory):
    before = memory.read(note("Send the address", at=None))
    start = memory.starts()
    memory.read()
    later = replace(note("Send the address", at=None), start=DAY + timedelta(days=9), end=DAY + timedelta(days=9))
    assert memory.read(later) == before
    assert memory.starts() == start
    assert [each.end for each in memory.known.values()] == [*start.values()]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (note("Send it", at=None), note("Send it")),
        (note("Send it", at=None), note("Send it", at=DAY + timedelta(hours=11, minutes=10))),
        (note("Send it"), note("Send it", at=DAY + timedelta(hours=11))),
        (note("Send it"), note("Send it", file="jobs.md")),
        (note("Send it"), note("Send it", 7, ticked=True)),
        (note("Send it", people=(), heading="@nordik.ca", domain="nordik.ca"), note("Send it")),
        (note("Send it", people=(), heading="Nordik"), note("Send it", people=JULIE, heading="Nordik")),
        (note("Send it", people=(), heading="Nordik"), note("Send it", people=JULIE, heading="")),
        (note("Send it"), note("Send it", people=(*JULIE, Person("luc@nordik.ca")))),
        (note("Send it"), note("Send the address of the shop")),
        (note("Send it", at=None), note("Send the address", at=None)),
        (note("Send the  Address!"), note("send the address")),
        (note("12 nov. Send it", at=None), note("Send it")),
        (note("Send it due : friday in any case"), note("Send it")),
        (note("Send it due : friday in any case"), note("Send it", file="jobs.md")),
        (note("Send it"), replace(note("Send it", file="jobs.md"), tags=("promise", "urgent"))),
        (note("Send it"), note("Send it", people=(), heading="Nordik", file="jobs.md")),
        (note("Send it", people=(), heading="nordik.ca"), note("Send it", heading="Julie")),
        (note("Send it", people=(), heading="Boréal", domain="nordik.ca"), note("Send it", heading="Julie")),
        (note("Send it", people=(), heading="", case="nordik"), note("Send it", heading="Julie")),
    ],
)
def test_what_changes_nothing(memory, before, after):
    assert [*memory.read(before).values()] == [*memory.read(after).values()]


@pytest.mark.parametrize(
    "other",
    [
        note("Send it", at=DAY + timedelta(days=1, hours=3)),
        note("Send it", people=(Person("zoe@acme.com"),), heading="Acme"),
        note("Send it", tag="issue"),
        note("Send that", file="jobs.md"),
        note("", file="jobs.md"),
    ],
)
def test_what_is_another_note(memory, other):
    before = memory.read(note("Send it"))
    assert set(memory.read(other).values()).isdisjoint(before.values())


def test_a_note_of_another_day_is_not_one_whose_date_was_text(memory):
    before = memory.read(note("12 nov. Send it", at=DAY + timedelta(days=1, hours=3)))
    assert set(memory.read(note("Send it")).values()).isdisjoint(before.values())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (note("Send it", at=DAY + timedelta(hours=11)), note("Send it", at=DAY + timedelta(hours=12))),
        (note("Please send it", at=None), note("Send it", file="jobs.md")),  # "Please" is no date
        (note("Then send 2 books", at=None), note("Send 2 books", file="jobs.md")),
    ],
)
def test_what_was_no_date_is_none_that_is_understood_now(memory, before, after):
    known = memory.read(before)
    assert set(memory.read(after).values()).isdisjoint(known.values())


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (datetime(2026, 11, 1, 23, 30), True),  # that day has 25 hours
        (datetime(2026, 11, 2, 0, 30), False),
        (datetime(2026, 11, 2), False),
        (datetime(2026, 10, 31, 23, 30), False),
    ],
)
def test_an_hour_that_a_note_gains_is_one_of_its_local_day(other, same):
    start = datetime(2026, 11, 1, tzinfo=TORONTO).astimezone(UTC)
    moment = other.replace(tzinfo=TORONTO).astimezone(UTC)
    whole = replace(note("Send it", at=start), whole_day=True)
    told = replace(note("Send it", at=moment), whole_day=other.hour == 0 and other.minute == 0)
    for before, after in [(whole, told), (told, whole)]:
        (settled,) = settle([after], [before], {before.id}, TORONTO)
        assert (settled.id == before.id) is same


def test_a_day_of_23_hours_is_not_the_next_one():
    days = [datetime(2026, 3, day, tzinfo=TORONTO).astimezone(UTC) for day in (8, 9)]
    first, second = (replace(note("Send it", at=day), whole_day=True) for day in days)
    (settled,) = settle([second], [first], {first.id}, TORONTO)
    assert settled.id == second.id != first.id


def test_a_note_is_sooner_edited_than_that_its_date_went_to_its_text(memory):
    first = memory.read(note("Send names"))["Send names"]
    ids = memory.read(note("Send the plan"), note("Send names", 2, at=None))
    assert ids["Send the plan"] == first
    assert memory.read(note("Send the plan", at=None), note("Send names", 2, at=None))["Send the plan"] == first


def test_of_several_whose_dates_were_text_each_keeps_its_id(memory):
    before = memory.read(note("12 nov. Send it", at=None), note("12 nov. Ask again", 2, at=None))
    after = memory.read(note("Ask again"), note("Send it", 2))
    assert (after["Send it"], after["Ask again"]) == (before["12 nov. Send it"], before["12 nov. Ask again"])


def test_of_several_edited_at_once_the_texts_that_are_alike_belong_together(memory):
    before = memory.read(note("Send the address of the shop"), note("Ask about the salary band", 2))
    after = memory.read(note("Ask about the salary band again"), note("Send the address of the other shop", 2))
    assert after["Ask about the salary band again"] == before["Ask about the salary band"]
    assert after["Send the address of the other shop"] == before["Send the address of the shop"]


def test_an_edit_beside_a_new_note_goes_to_the_one_that_is_alike(memory):
    before = memory.read(note("Send the address of the shop"))
    after = memory.read(note("Buy tulips"), note("Send the new address of the shop", 2))
    assert after["Send the new address of the shop"] == before["Send the address of the shop"]


def line(written, number=1, **fields):
    """A note of that source line, which need not have the line's text."""
    return replace(note(fields.pop("title", "Call"), number), source_line=written, **fields)


def matched(read, known):
    """Return which known note each of those is that are read, by their numbers in the lists, or None."""
    before = [replace(each, id=f"{each.id}:{number}") for number, each in enumerate(known, 10)]
    numbered = [replace(each, id=f"{each.id}:{number}") for number, each in enumerate(read, 50)]
    ids = [each.id for each in before]
    settled = {each.where: each.id for each in settle(numbered, before, set(ids), UTC)}
    return [ids.index(ident) if (ident := settled[each.where]) in ids else None for each in numbered]


OPEN, TICKED = line("- [ ] Call", 1), line("- [x] Call", 2, ticked=True)


def test_of_equal_notes_each_is_the_one_of_its_line():
    assert matched([TICKED], [OPEN, TICKED]) == matched([TICKED], [TICKED, OPEN][::-1]) == [1]
    assert matched([OPEN], [OPEN, TICKED]) == [0]
    twin = line("- [x] Call", 3, ticked=True)
    assert matched([TICKED, OPEN, twin], [OPEN, TICKED, twin]) == [1, 0, 2]


def test_of_notes_of_one_first_line_each_is_the_one_of_its_whole_text():
    first, second = line("- Call", 1, title="Call Julie"), line("- Call", 2, title="Call Marc")
    assert matched([second], [first, second]) == [1]
    assert matched([replace(second, where="notes.md:1"), replace(first, where="notes.md:2")], [first, second]) == [1, 0]


def test_of_equal_notes_in_two_files_each_is_that_of_its_file():
    jobs = replace(OPEN, where="jobs.md:1")
    assert matched([replace(OPEN, source_line="- [x] Call")], [jobs, OPEN]) == [1]
    assert matched([replace(jobs, source_line="- [x] Call")], [OPEN, jobs]) == [1]


def test_of_equal_notes_under_two_headings_in_a_renamed_file_each_is_that_of_its_heading():
    both = replace(OPEN, people=(*JULIE, Person("luc@nordik.ca")))
    assert matched([replace(both, where="jobs.md:1")], [OPEN, replace(both, where="notes.md:2")]) == [1]
    midnight = {"whole_day": False}
    for fields in ({"tags": ("issue",)}, {"case": "acme"}, {"domain": "acme.example"}, midnight):
        other = replace(OPEN, where="notes.md:2", **fields)
        assert matched([replace(other, where="jobs.md:1")], [OPEN, other]) == [1]


def test_of_notes_that_nothing_tells_apart_the_first_one_stays_in_whatever_order_they_are_known():
    first, second = line("- Call", 1), line("- Call", 2)
    assert matched([first], [first, second]) == [0]
    assert matched([first], [second, first]) == [1]


def test_a_new_equal_note_is_another_one():
    twin = line("- [ ] Call", 2)
    assert matched([OPEN, twin], [OPEN]) == [0, None]
    assert matched([OPEN, replace(twin, tags=("issue",))], [OPEN]) == [0, None]


def test_what_was_away_is_known_again_only_under_its_heading_and_time(memory):
    before = memory.read(note("Send it"))
    memory.read()
    for other in (
        note("Send it", at=DAY + timedelta(days=1)),
        note("Send it", people=(Person("zoe@acme.com"),), heading=""),
    ):
        assert set(memory.read(other).values()).isdisjoint(before.values())
        memory.read()


def edited(read, known):
    """Return which known note each text is now, all under one heading, time and tag of one file, or None."""
    return matched(
        [note(text, n) for n, text in enumerate(read, 1)], [note(text, n) for n, text in enumerate(known, 1)]
    )


@pytest.mark.parametrize(
    ("read", "known", "found"),
    [
        # The most alike belong together, in whatever order they stand.
        (["send the list of the bar", "send the list of the shop now"],
         ["send the list of the shop", "send the list of the bar today"], [1, 0]),
        (["send the list of the shop now", "send the list of the bar"],
         ["send the list of the shop", "send the list of the bar today"], [0, 1]),
        (["buy tulips", "ask again"], ["call Julie", "sell the car"], [None, None]),
        (["one two three four"], ["one two five six", "y"], [0]),  # half of the words
        (["one two three four", "x"], ["one two five six", "y"], [0, 1]),  # then one is left of each
        # Each is one note, and no more.
        (["send the list now", "send the list soon then"], ["send the list"], [0, None]),
        (["send the list soon then", "send the list now"], ["send the list"], [None, 0]),
        (["mail the list"], ["send the list soon then", "send the list now"], [1]),
        (["mail the list"], ["send the list now", "send the list soon then"], [0]),
    ],
)  # fmt: skip
def test_of_what_is_edited_in_one_place_the_most_alike_belong_together(read, known, found):
    assert edited(read, known) == found


def test_what_is_edited_in_several_places_stays_in_each():
    def places(*texts):
        ways = ({"file": "a/notes.md"}, {"file": "b/notes.md"}, {"tag": "issue"})
        return [note(text, 1, **way) for text, way in zip(texts, ways, strict=True)]

    assert matched(places("gamma", "delta", "epsilon"), places("alpha", "beta", "zeta")) == [0, 1, 2]


def test_a_long_note_of_few_different_words_is_alike_if_few_of_them_change():
    words = ["to", "be", "or", "not"] * 80
    assert edited(["buy tulips", " ".join(["x", *words])], [" ".join(words)]) == [None, 0]


def test_in_another_zone_a_note_is_the_same(memory):
    texts = ("Send the address", "Ask about the salary")
    before = memory.read(*(note(text, number) for number, text in enumerate(texts)))
    moved = [replace(note(text, number), start=DAY - timedelta(hours=6)) for number, text in enumerate(reversed(texts))]
    assert memory.read(*moved) == before


def test_a_finished_twin_stays_the_finished_one(memory):
    memory.read(note("Call"), note("Call", 2, ticked=True))
    done = next(each.id for each in memory.known.values() if each.ticked)
    memory.read(note("Call"))
    assert memory.known[done].gone is not None


def test_a_renamed_source_table_finds_its_notes_again():
    before = note("Send it")
    assert [each.id for each in settle([note("Send it")], [before], {before.id}, UTC)] == [before.id]


def test_two_sources_have_notes_of_their_own():
    (second,) = settle([note("Send it")], [], {note("Send it").id}, UTC)
    assert second.id == note("Send it").id + ":2"


def test_what_cannot_be_read_any_more_stays_what_it_was():
    missing = note("Send the address of the shop", 3)
    item = BadItem("notes.md:3", "is not a date", "", "- 2026-13-12 #promise Send the address of the shop")
    assert keep([item], [], [missing]) == [replace(item, id=missing.id)]
    assert keep([item], [], [note("Buy tulips", 3)]) == [item]
    assert keep([replace(item, where="jobs.md:3")], [], [missing]) == [replace(item, where="jobs.md:3")]


def broken(text, number=3, where="notes.md"):
    return BadItem(f"{where}:{number}", "is not a date", "", f"- {text}")


def standing(text, number=3, **fields):
    return replace(note(text, number), id=f"n{number}", source_line=f"- {text}", **fields)


def kept(items, known, read=()):
    """Return the id under which each is kept."""
    return [each.id for each in keep(items, read, known)]


SHOP, BAR = standing("Send the address of the shop", 3), standing("Send the address of the bar", 4)


def test_a_note_of_which_a_part_cannot_be_read_keeps_no_other():
    assert kept([broken("Send the address of the shop")], [SHOP, BAR], read=[SHOP]) == [""]
    assert kept([broken("Send the address of the shop", 9)], [SHOP, BAR], read=[SHOP]) == ["n4"]


def test_what_cannot_be_read_is_the_one_that_is_most_alike_and_of_equals_the_first():
    for known in ([SHOP, BAR], [BAR, SHOP]):
        assert kept([broken("Send the address of the shop, soon", 4)], known) == ["n3"]
        assert kept([broken("Send the address of the bar, soon")], known) == ["n4"]
        assert kept([broken("Send the address of the inn")], known) == ["n3"]


def test_one_note_is_kept_once_and_one_that_is_gone_not_at_all():
    twice = [broken("Send the address of the shop", number) for number in (3, 4)]
    assert kept(twice, [SHOP]) == ["n3", ""]
    assert kept(twice, [SHOP, BAR]) == ["n3", "n4"]
    assert kept(twice, [replace(SHOP, gone=DAY)]) == ["", ""]


def test_half_of_the_words_are_enough_to_be_the_same_note():
    assert kept([broken("one two three four")], [standing("one two five six")]) == ["n3"]
    assert kept([broken("one two three four")], [standing("one nine five six")]) == [""]


TEXTS = st.sampled_from(
    ["address of the shop", "salary sheet", "call the landlord back", "tulips", "references", "plan"]
)
EDITS = st.lists(st.tuples(st.sampled_from(["add above", "add below", "delete", "tick", "move"]), TEXTS), max_size=12)


@given(EDITS, st.sampled_from([DAY, DAY + timedelta(hours=9), None]), st.randoms(use_true_random=False))
def test_no_order_of_edits_changes_the_id_of_a_note(edits, at, random):
    """Notes with one heading, time and tag, in one file: whatever is done to others, a text keeps its id for good."""
    memory, page, ever = Memory(), [], {}
    for how, text in edits:
        there = [each for each in page if each[0] == text]
        if how.startswith("add") and not there:
            page.insert(0 if how == "add above" else len(page), (text, False))
        elif how == "delete":
            page = [each for each in page if each[0] != text]
        elif how == "tick":
            page = [(each, ticked or each == text) for each, ticked in page]
        elif how == "move":
            random.shuffle(page)
        # One edit a tick: a text that replaces another in the same tick is that one, edited.
        ids = memory.read(*(note(each, n, at=at, ticked=ticked) for n, (each, ticked) in enumerate(page, 1)))
        for each, ident in ids.items():
            assert ever.setdefault(each, ident) == ident
    assert len(set(ever.values())) == len(ever)


NOTES = st.lists(st.tuples(st.sampled_from(["Call", "call", "Plan"]), st.booleans(), st.booleans()), max_size=5)


@given(NOTES, NOTES, st.randoms(use_true_random=False))
def test_the_order_in_which_notes_are_given_does_not_matter(first, second, random):
    """Among them notes that are equal but for their line or a tick, and some that are gone."""

    def written(notes, name):
        return [
            replace(note(text, n), id=f"{name}:{n}", source_line=f"- {ticked} {text}", gone=DAY if gone else None)
            for n, (text, ticked, gone) in enumerate(notes)
        ]

    before, notes = written(first, "was"), [replace(each, gone=None) for each in written(second, "notes:x")]
    taken = {each.id for each in before}
    usual = settle(notes, before, taken, UTC)
    shuffled = settle(random.sample(notes, len(notes)), random.sample(before, len(before)), taken, UTC)
    assert {each.where: each.id for each in usual} == {each.where: each.id for each in shuffled}


def test_under_the_name_of_somebody_else_it_is_another_note():
    known, read = (note("Send it", people=(), heading=heading) for heading in ("Nordik", "Brio"))
    (settled,) = settle([replace(read, where="other.md:1")], [known], {known.id}, UTC)
    assert settled.id == read.id != known.id


def test_a_heading_that_gains_an_address_of_the_employer_is_the_same(memory):
    (before,) = memory.read(note("Send it", people=())).values()
    (after,) = memory.read(note("Send it", file="other.md")).values()
    assert before == after


def test_of_two_undated_notes_the_one_whose_date_was_text_is_known_by_a_number():
    dated, text = (
        note(title, 1 + (title[0] == "t"), at=None) for title in ("3 nov. Send 2 books", "then Send 2 books")
    )
    texts = [replace(text, id="notes.md:b"), replace(dated, id="notes.md:a")]
    (settled,) = settle([note("Send 2 books", file="other.md")], texts, {"notes.md:a", "notes.md:b"}, UTC)
    assert settled.id == "notes.md:a"


def test_under_another_name_of_the_same_person_it_is_the_same_note():
    known = note("Send it", heading="Nordik")
    (settled,) = settle([note("Send it", heading="Julie", file="b.md")], [known], {known.id}, UTC)
    assert settled.id == known.id
    (other,) = settle([note("Send it", people=(Person("marc@nordik.ca"),), file="b.md")], [known], {known.id}, UTC)
    assert other.id != known.id
