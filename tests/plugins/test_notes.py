"""The source `notes`, on Markdown as people write it on a phone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

import followup_notes
from followup_rules import BadItem, Context, Event, Person, Profile, Unreadable, WrittenLine
from followup_rules.cli.starters import notes_text
from followup_rules.testing import SourceContract
from tests.support.notes import NORDIK, NOW, ZONE, open_source


@pytest.fixture
def read(tmp_path):
    """Write notes.md (text or bytes), and return what a first pull sees."""

    def read_notes(content, **context):
        path = tmp_path / "notes.md"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(open_source(path, **context).pull(NOW, "").events)

    return read_notes


@pytest.fixture
def note(read):
    """Return the event of a single item under Nordik's heading."""

    def read_note(item, **context):
        (event,) = read(f"{NORDIK}- {item}\n", **context)
        return event

    return read_note


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


class TestContract(SourceContract):
    emits = ("note",)

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path):
        self.path = tmp_path / "notes.md"
        self.path.write_text(
            f"{NORDIK}- #Promise Send it due:friday\n- 2026-11-10 #fit\n- 2026-13-01 no\n"
            "## Me <me@example.org>\n- 2026-11-10 14:30 hello\n"
        )

    def open_source(self, context):
        return open_source(self.path)

    def open_unreadable(self, context):
        return open_source(self.path / "nowhere.md")


def test_the_notes_of_the_documentation(read):
    promise, answer, called = read(
        "# Notes\n\n" + NORDIK + "- 2026-11-10 14:30 #promise Send the address of the frisbee shop due:2026-11-11"
        ' bonus:"the screen printer"\n'
        "- 2026-11-11 #fix-answer I forgot the migration to Kanban\n"
        "- [x] 2026-11-19 10:20 #called Left a message\n"
    )
    assert promise == Event(
        id="notes:julie.roy@nordik.ca:2026-11-10T14:30:promise",
        kind="note",
        start=at("2026-11-10T14:30"),
        end=at("2026-11-10T14:30"),
        title="Send the address of the frisbee shop",
        people=(Person("julie.roy@nordik.ca"),),
        tags=("promise",),
        heading="Nordik",
        data={"due": "2026-11-11", "bonus": "the screen printer"},
        where="notes.md:4",
        source_line="- 2026-11-10 14:30 #promise Send the address of the frisbee shop due:2026-11-11"
        ' bonus:"the screen printer"',
        heading_line=WrittenLine("notes.md:3", NORDIK.strip()),
    )
    assert (answer.id, answer.start, answer.end, answer.whole_day) == (
        "notes:julie.roy@nordik.ca:2026-11-11:fix-answer",
        at("2026-11-11"),
        at("2026-11-11"),
        True,
    )
    assert (called.ticked, called.tags, called.title) == (True, ("called",), "Left a message")


@pytest.mark.parametrize(
    ("heading", "ident", "label", "people", "domain"),
    [
        ("## Nordik <Julie.Roy@Nordik.ca>", "julie.roy@nordik.ca", "Nordik", ["julie.roy@nordik.ca"], ""),
        ("##Nordik <Julie.Roy@Nordik.ca>", "julie.roy@nordik.ca", "Nordik", ["julie.roy@nordik.ca"], ""),
        ("##\u00a0Nordik", "nordik", "Nordik", [], ""),
        ("## julie.roy@nordik.ca", "julie.roy@nordik.ca", "", ["julie.roy@nordik.ca"], ""),
        ("## <a@nordik.ca>, <b@nordik.ca>", "a@nordik.ca", "", ["a@nordik.ca", "b@nordik.ca"], ""),
        ("### Nordik (mailto:a@nordik.ca) <me@example.org>", "a@nordik.ca", "Nordik", ["a@nordik.ca"], ""),
        ("## **Nordik** <a@nordik.ca>", "a@nordik.ca", "Nordik", ["a@nordik.ca"], ""),
        ("## [Nordik](mailto:a@nordik.ca)", "a@nordik.ca", "Nordik", ["a@nordik.ca"], ""),
        ("## Nordik (Laval) — <a@nordik.ca>:", "a@nordik.ca", "Nordik (Laval)", ["a@nordik.ca"], ""),
        ("## `@nordik.ca`", "@nordik.ca", "@nordik.ca", [], "nordik.ca"),
        ("## @Nordik.ca", "@nordik.ca", "@nordik.ca", [], "nordik.ca"),
        ("## Nordik Inc. @nordik.ca", "@nordik.ca", "Nordik Inc.", [], "nordik.ca"),
        ("###### Client  A ##", "client-a", "Client A", [], ""),
        ("Équipe Été\n---", "équipe-été", "Équipe Été", [], ""),
        ("## [[Jobs/Nordik|Nordik]] \\<a\\@nordik.ca\\>", "a@nordik.ca", "Nordik", ["a@nordik.ca"], ""),
        ("## Nordik <a＠nordik.ca>", "a@nordik.ca", "Nordik", ["a@nordik.ca"], ""),
        ("## client-a", "client-a", "client-a", [], ""),
    ],
)
def test_a_heading_names_the_case(read, heading, ident, label, people, domain):
    (event,) = read(f"{heading}\n\n- 2026-11-10 #fit\n")
    assert event.id == f"notes:{ident}:2026-11-10:fit"
    assert (event.heading, [person.address for person in event.people], event.domain) == (label, people, domain)


@pytest.mark.parametrize("marker", ["-", "*", "+", "1.", "7)", "- -", "> -"])
def test_any_list_holds_notes(read, marker):
    (event,) = read(f"{NORDIK}{marker} 2026-11-10 #fit\n")
    assert event.id.endswith(":2026-11-10:fit")


def test_items_within_items_and_lines_that_go_on(read):
    outer, inner, last = read(
        f"{NORDIK}- #issue They seek\n  a printer #skill-gap\n\n  really\n  - 2026-11-11 #promise A name\n    to:send\n"
        "1. #fit yes\n"
    )
    assert (outer.title, outer.tags, outer.where) == (
        "They seek a printer really",
        ("issue", "skill-gap"),
        "notes.md:2",
    )
    assert (inner.title, inner.data, inner.where) == ("A name", {"to": "send"}, "notes.md:6")
    assert last.where == "notes.md:8"


@pytest.mark.parametrize("bullets", ["\t•\t{one}\n\t•\t{two}\n", "    • {one}\n      ◦ {two}\n", "☐ {one}\n⬜ {two}\n"])
def test_lists_as_programs_export_them(read, bullets):
    found = read(NORDIK + bullets.format(one="2026-11-10 #fit", two="2026-11-11 #called"))
    assert [event.tags for event in found] == [("fit",), ("called",)]


@pytest.mark.parametrize(
    ("properties", "titles"),
    [
        ("---\naliases:\n- Jobs\n  - Work\ncreated: 2026-11-01\n\n---\n", ["Call"]),
        ("---\ntitle: Jobs\n...\n", ["Call"]),
        # No properties, but a page that begins with a rule.
        (f"---\n{NORDIK}- 2026-11-09 #fit Yes\n---\n", ["Yes", "Call"]),
    ],
)
def test_the_properties_of_a_page_are_no_notes(read, properties, titles):
    assert [event.title for event in read(f"{properties}{NORDIK}- 2026-11-10 #called Call\n")] == titles


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Kestrel <bo@kestrel.example>\n", True),
        ("\n**Kestrel <bo@kestrel.example>**\n\n", True),
        ("Marc <marc@nordik.ca>\n", False),
        ("- Met Bo <bo@kestrel.example>\n", False),
        ("Call them. Bo knows more <bo@kestrel.example>\n", False),
    ],
)
def test_a_line_that_was_meant_as_the_heading_of_another_case_is_told(read, line, told):
    found = read(f"{NORDIK}- 2026-11-10 #fit\n{line}- 2026-11-11 #called\n")
    messages = [item.message for item in found if isinstance(item, BadItem)]
    assert [message.startswith("this line is no heading") for message in messages] == [True] * told


def test_comments_prose_and_empty_items_are_no_notes(read):
    assert not read(
        f"{NORDIK}Some prose, without a tag.\n\n```\n- a list\n- of things\n```\n\n<!--\n- #promise\n\n- #fit\n-->\n\n"
        "-\n- [ ]\n- <!-- #promise -->\n"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Some prose, with a #tag.\n", 2),
        ("```\n- 2026-11-10 #promise\n```\n", 3),
        ("prose\n\n    - 2026-11-10 #indented\n", 4),
        ("<div>\n- 2026-11-10 #html\n</div>\n", 3),
        ("## Acme #promise\n", 2),
        ("- #fit\n# promise to call\n- #issue\n", 3),
        ("## Acme <julie at@acme>\n", 2),
    ],
)
def test_what_hides_a_note_is_told_with_its_line(read, text, line):
    problem = next(item for item in read(NORDIK + text) if isinstance(item, BadItem))
    assert problem.where == f"notes.md:{line}"
    assert problem.source_line == (NORDIK + text).split("\n")[line - 1]


@pytest.mark.parametrize(
    ("opening", "told"), [("```", "code block is never closed"), ("<!--", "comment is never closed")]
)
def test_below_what_is_never_closed_notes_are_read(read, opening, told):
    problem, *events = read(f"{NORDIK}{opening}\n- 2026-11-10 #fit\n\n## Acme\n- 2026-11-11 #issue\n")
    assert (problem.where, [event.tags for event in events]) == ("notes.md:2", [("fit",), ("issue",)])
    assert told in problem.message


def test_the_example_of_init_is_nothing_to_tell_of(read):
    for language in ("en", "fr"):
        assert read(notes_text(language)) == []
        (problem,) = read(notes_text(language).replace("due:", "soon due:"))
        assert "code block" in problem.message


@pytest.mark.parametrize(
    ("item", "ticked", "title"),
    [
        ("[ ] Call", False, "Call"),
        ("[x] Call", True, "Call"),
        ("[X]  Call", True, "Call"),
        ("[x]: Call", True, "Call"),
        ("⬜ Call", False, "Call"),
        ("✔️ Call", True, "Call"),
        ("[x](http://nordik.ca)", False, "[x](http://nordik.ca)"),
    ],
)
def test_a_checkbox(note, item, ticked, title):
    event = note(item)
    assert (event.ticked, event.title) == (ticked, title)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-10 14:30",
        "2026-11-10 14h30",
        "2026-11-10T14:30",
        "2026-11-10  14H30,",
        "2026-11-10 2:30 p.m.",
        "10 nov. 2026 14 h 30",
        # The end of a span of hours is left out.
        "2026-11-10 14:30-15:00",
        "2026-11-10 14h30 – 15h",
        # As links, in bold and the like, and with the dashes that keyboards make.
        "[[2026-11-10]] 14:30",
        "**2026-11-10 14:30:**",
        "[[Days/10|2026-11-10]], 14:30",
        "(2026-11-10) 14:30",
        "`2026-11-10` 14:30",
        "📅 2026-11-10 14:30",
        "@November 10, 2026 2:30 PM",
        "2026‑11‑10 14:30",
        "2026–11–10 14:30",
        # Behind what is struck out, another state of a checkbox, or a priority.
        "~~2026-11-09~~ 2026-11-10 14:30",
        "[-] 2026-11-10 14:30",
        "(A) 2026-11-10 14:30",
    ],
)
def test_ways_to_write_a_time(note, written):
    event = note(f"{written} #called yes")
    assert event.id == "notes:julie.roy@nordik.ca:2026-11-10T14:30:called"
    assert (event.start, event.whole_day) == (at("2026-11-10T14:30"), False)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-03-08 02:30", "2026-03-08T07:30+00:00"),  # the clock jumps from 02:00 to 03:00
        ("2026-11-01 01:30", "2026-11-01T05:30+00:00"),  # 01:30 comes twice
    ],
)
def test_times_around_a_change_of_clocks(note, written, utc):
    assert note(f"{written} #called").start.astimezone(UTC) == datetime.fromisoformat(utc)


def test_a_day_that_begins_at_one(read):
    (event,) = read(NORDIK + "- 2018-11-04 #fit\n", zone=ZoneInfo("America/Sao_Paulo"))
    assert event.start.isoformat() == "2018-11-04T01:00:00-02:00"


@pytest.mark.parametrize(
    ("item", "tags", "title", "data"),
    [
        ("a #One b #two-2, #one #trois_é", ("one", "two-2", "trois_é"), "a b", {}),
        ("C# and #1 and a#b and &#x27; and ## and \\#no", (), "C# and #1 and a#b and &#x27; and ## and \\#no", {}),
        ("see https://x.ca/a:b#frag?k:v at 14:30", (), "see https://x.ca/a:b#frag?k:v at 14:30", {}),
        ("write `#thanked` once it is so", (), "write `#thanked` once it is so", {}),
        ("~~#thanked~~ not yet #fit", ("fit",), "~~#thanked~~ not yet", {}),
        ("~~ 3 weeks #fit ~~", ("fit",), "~~ 3 weeks ~~", {}),
        ("link:https://x.ca/#a A", (), "A", {"link": "https://x.ca/#a"}),
        ('steps:"warn Paul; send his name" A', (), "A", {"steps": "warn Paul; send his name"}),
        ("bonus:« la sérigraphie » A", (), "A", {"bonus": "la sérigraphie"}),
        ("bonus:“the printer” A", (), "A", {"bonus": "the printer"}),
        ("#[[no show]] A", ("no-show",), "A", {}),
        ("A (due: 13 November at 14:00) b", (), "A (due: 13 November at 14:00) b", {}),
        ("#fit A (due: 13 November at 14:00) b", ("fit",), "A b", {"due": "13 November at 14:00"}),
        ("#fit A [due:: friday]", ("fit",), "A", {"due": "friday"}),
        ('Bonus:"the #printer at:noon"', (), "", {"bonus": "the #printer at:noon"}),
        ("(my-key:v) **#fit**", ("fit",), "(", {"my-key": "v)"}),
        ("tel:+15145550199 ref:2026-99-99", (), "", {"tel": "+15145550199", "ref": "2026-99-99"}),
        ("met:2026-11-02 then:2026-11-02T08:15Z", (), "", {"met": "2026-11-02", "then": "2026-11-02T08:15Z"}),
        ("e\u0301te\u0301 #e\u0301te\u0301 \x1b[31mred\x07", ("été",), "été [31mred", {}),
    ],
)  # fmt: skip
def test_tags_and_values_anywhere(note, item, tags, title, data):
    event = note(item)
    assert (event.tags, event.title, event.data) == (tags, title, data)


@pytest.mark.parametrize(
    "item",
    [
        "#fit: the list", "#fit - the list", "— #fit — the list", "#fit → the list", "**#fit** the list", "[#fit] the list",
        "the list (#fit)", "the list, #fit", "the list: #fit due:2026-11-13", "2026-11-10 - #fit - the list",
        "#fit the list 📅 2026-11-13", "#fit the list ⏳ 2026-11-12 📅 2026-11-13", "the list #fit ➕ 2026-11-10 ✅ 2026-11-11",
    ],
)  # fmt: skip
def test_signs_that_only_set_a_tag_apart_are_no_words(note, item):
    event = note(item)
    assert (event.tags, event.title) == (("fit",), "the list")


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ("the list #fit.", "the list."),
        ("the list, #fit, and more", "the list, and more"),
        ("#fit -5 % of it", "-5 % of it"),
        ("Is it so? #fit", "Is it so?"),
        ("call main() #fit", "call main()"),
        ("no tag, here - and (there).", "no tag, here - and (there)."),
    ],
)
def test_signs_of_the_writers_own_stay(note, item, title):
    assert note(item).title == title


@pytest.mark.parametrize("value", ["tomorrow 14:00", "demain 14:00", "📅 2026-11-11 14:00"])
def test_a_due_date_keeps_its_time(note, value):
    event = note(f"2026-11-10 #fit {'' if '📅' in value else 'due:'}{value} the list")
    assert (event.data["due"].removeprefix("2026-11-11 "), event.title) == (
        value.removeprefix("📅 2026-11-11 "),
        "the list",
    )


@pytest.mark.parametrize("text", ["prose\n\n    - 2026-11-10 #fit\n", "prose\n    - 2026-11-10 #fit\n"])
def test_of_a_note_that_is_indented_too_far_it_is_told_what_to_do(read, text):
    (problem,) = read(NORDIK + text)
    assert "take the white space before it away" in problem.message


@pytest.mark.parametrize("mark", ["**", "*", "__", "_", "=="])
def test_a_note_in_bold_or_the_like_as_a_whole(note, mark):
    event = note(f"{mark}2026-11-10 14:30 #promise Send it due:friday{mark}")
    assert (event.start, event.tags, event.title) == (at("2026-11-10T14:30"), ("promise",), "Send it")
    assert event.data == {"due": "friday"}


@pytest.mark.parametrize(
    "written", ["**due:** 2026-11-13", "**due**: 2026-11-13", "__due:__ 2026-11-13", "<br>due:2026-11-13"]
)
def test_a_key_in_bold_or_behind_a_break(note, written):
    event = note(f"2026-11-10 #promise Send it {written}")
    assert (event.title, event.data) == ("Send it", {"due": "2026-11-13"})


def test_a_label_of_its_own(note):
    assert note("#case:client-a #fit yes").case == "client-a"
    assert note('#CASE:"Client A" yes').case == "Client A"


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("- 2026-11-10 #fit\n", 1, "under no case"),
        ("# Notes\n- #fit\n", 2, "under no case"),
        (f"{NORDIK}# Other\n- #fit\n", 3, "under no case"),
        ("##\n\nprose\n\n- #fit\n", 5, "under no case"),
        ("##\n- #fit\n", 2, "under no case"),
        (f"{NORDIK}- 2026-11 #fit\n", 2, '"2026-11" is not a date'),
        (f"{NORDIK}- 2026_11_10 #fit\n", 2, '"2026_11_10" is not a date'),
        (f"{NORDIK}- 2026-W46-2 #fit\n", 2, '"2026-W46-2" is not a date'),
        (f"{NORDIK}- 2026-13-45 #fit\n", 2, '"2026-13-45" is not a date'),
        (f"{NORDIK}- 2026-02-30 #fit\n", 2, '"2026-02-30" is not a date'),
        (f"{NORDIK}- 9999-12-31 23:00 #fit\n", 2, '"9999-12-31" is not a date'),
        (f"{NORDIK}- 10/11/2026 #fit\n", 2, '"10/11/2026" is not a date'),
        (f"{NORDIK}- 2026-11-10T14:30Z #fit\n", 2, "in local time"),
        (f"{NORDIK}- 2026-11-10 14:30-26:00 #fit\n", 2, '"14:30-26:00" is not a time of day'),
        (f"{NORDIK}- 2026-11-10 24:30 #fit\n", 2, '"24:30" is not a time'),
        (f"{NORDIK}- 2026-11-10 14:30 pm #fit\n", 2, '"14:30 pm" is not a time'),
        (f"{NORDIK}- 12 nov #fit\n", 2, "without its year"),
        (f"{NORDIK}2026-11-10 #fit\n", 2, 'begin it with "- "'),
        (f"{NORDIK}prose\n#promise to call\n", 3, 'begin it with "- "'),
    ],
)
def test_what_cannot_be_read_is_reported_with_its_line(read, text, where, message):
    (problem,) = read(text)
    assert isinstance(problem, BadItem)
    assert problem.where == f"notes.md:{where}"
    assert message in problem.message


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("#fit due:", "due: has no value"),
        ('#fit bonus:"the printer', "no closing quote"),
        ("#fit yes\n2026-11-10 #promise oops", 'begin it with "- "'),
        ("#fit yes - 2026-11-11 #promise Call Paul", "a second note stands in the same line"),
        ("#fit " + "long " * 10_000, "too long"),
    ],
)
def test_what_is_only_partly_right_is_reported_and_the_note_works(read, item, message):
    event, problem = read(f"{NORDIK}- {item}\n")
    assert event.tags[0] == "fit"
    assert message in problem.message


def test_one_bad_note_does_not_stop_the_others(read):
    items = read(f"{NORDIK}- 2026-11-10 #fit\n- 2026-02-30 #issue\n- 2026-11-12 #kept\n")
    assert [type(item) for item in items] == [Event, BadItem, Event]


def test_equal_notes_are_counted_in_file_order(read):
    text = (
        f"{NORDIK}- 2026-11-10 #fit a\n- #fit\n## Other\n- 2026-11-10 #fit\n{NORDIK}- 2026-11-10 #Fit b\n- #fit\n- hi\n"
    )
    assert [event.id.removeprefix("notes:") for event in read(text)] == [
        "julie.roy@nordik.ca:2026-11-10:fit",
        "julie.roy@nordik.ca::fit",
        "other:2026-11-10:fit",
        "julie.roy@nordik.ca:2026-11-10:fit:2",
        "julie.roy@nordik.ca::fit:2",
        "julie.roy@nordik.ca::note",
    ]


def test_edited_text_is_the_same_note(note):
    assert note("2026-11-10 #promise a due:friday").id == note("[x] 2026-11-10 #promise b, c due:+3d").id


def test_an_address_of_mine_is_no_counterpart(read):
    (event,) = read("## Nordik <me@example.org> <julie.roy@nordik.ca>\n- #fit\n")
    assert event.people == (Person("julie.roy@nordik.ca"),)


def test_windows_files_read_the_same(read):
    text = f"# Notes\n\n{NORDIK}- 2026-11-10 #fit oui\n  certes\n"
    assert read(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == read(text)


def test_letters_that_are_not_utf_8_are_reported_and_the_notes_work(read):
    problem, event = read(f"{NORDIK}- 2026-11-10 #fit très bien\n".encode("cp1252"))
    assert problem.where == "notes.md:2"
    assert "UTF-8" in problem.message
    assert (event.tags, event.title) == (("fit",), "tr\ufffds bien")


@pytest.mark.parametrize("content", ["", "\n\n", "# Notes\n", NORDIK])
def test_a_file_without_notes_is_fine(read, content):
    assert read(content) == []


@pytest.mark.parametrize(
    ("content", "message"), [(b"- a\x00b\n", "save it as UTF-8"), (b"- a\n" * 2_500_001, "larger than 2 MB")]
)
def test_what_is_no_file_of_notes_is_unreadable(read, content, message):
    with pytest.raises(Unreadable, match=message):
        read(content)


@pytest.mark.parametrize(
    ("written", "data"),
    [
        ("#promesse Le plan échéance : vendredi", {"due": "vendredi"}),
        ("#promesse Le plan Échéance\u00a0: 20 novembre", {"due": "20 novembre"}),
        ("#promesse Le plan echeance:2026-11-20", {"due": "2026-11-20"}),
        ("#promesse Le plan date-limite : 2026-11-20", {"due": "2026-11-20"}),
        ("#pause jusqu’au : 20 nov. 2026", {"until": "20 nov. 2026"}),
        ("#pause jusqu'au:vendredi", {"until": "vendredi"}),
        ("#ils-ont-promis le : 20/11/2026", {"on": "20/11/2026"}),
        ("#promesse Le plan pour : vendredi", {}),  # `due:` or `for:`? Nobody can tell
        ("#promesse Rappeler avec le plan", {}),
        ("Le menu échéance : vendredi", {}),  # prose: no tag says that it is a note
    ],
)
def test_keys_of_dates_may_be_french(note, written, data):
    assert dict(note(f"2026-11-10 14:30 {written}").data) == data


# -- a note from its text alone


def read_note(case, text):
    (kind,) = followup_notes.register_sources()
    return list(kind.read_note(case, text, Context(profile=Profile(timezone=ZONE), now=NOW)))


def test_a_note_is_read_from_its_text_without_a_file():
    (note,) = read_note("Nordik <julie.roy@nordik.ca>", "[x] 2026-11-10 14:30 #promise Send it due:friday")
    assert (note.tags, note.title, note.ticked, note.data) == (("promise",), "Send it", True, {"due": "friday"})
    assert [person.address for person in note.people] == ["julie.roy@nordik.ca"]
    assert note.start.isoformat() == "2026-11-10T14:30:00-05:00"


def test_what_is_wrong_with_such_a_note_is_told_and_no_line_of_it_begins_another():
    (bad,) = read_note("Nordik", "2026-13-45 #promise Send it")
    assert isinstance(bad, BadItem)
    note, told = read_note("Nordik\n## Other", "2026-11-10 #promise\n- 2026-11-11 #kept")
    assert note.heading == "Nordik ## Other"
    assert "a second note" in told.message
