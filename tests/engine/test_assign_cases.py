"""Which case each event belongs to, and what ties events together."""

from itertools import permutations

import pytest
from msgspec.structs import replace

from followup_rules.config.wordlists import registrable
from followup_rules.engine.assign_cases import (
    Directory,
    Label,
    Place,
    assign,
    clean,
    key_of,
    names_of,
    title_of,
    tokens,
)
from followup_rules.engine.case_keys import match
from followup_rules.language.text import fold
from followup_rules.model import Person, Report
from tests.support.caselab import JULIE, MARC, NADIA, at, event, note, sent, visit
from tests.support.rulelab import TORONTO

FREE, AGENT, ROBOT = Person("zoe@gmail.com"), Person("luc@agencex.ca"), Person("no-reply@hire.lever.co")
SISTER = Person("lea@montreal.nordik.ca")
ME = Person("me@example.org")
DIRECTORY = Directory(
    registrable=registrable,
    me=frozenset({ME.address}),
    agencies=frozenset({"agencex.ca"}),
    services=frozenset({"lever.co"}),
    free_mail=frozenset({"gmail.com"}),
)


def homes(*events, labels=(), known=()):
    directory = Directory(
        **{**{name: getattr(DIRECTORY, name) for name in DIRECTORY.__struct_fields__}, "labels": labels}
    )
    places = assign(events, directory, known)
    return {event.id: places[event.identity].home for event in events}


def home(*events, **more):
    """Return the home of the last of the events."""
    return homes(*events, **more)[events[-1].id]


def problem(*events, known=()):
    place = assign(events, DIRECTORY, known)[events[-1].identity]
    return place.home, place.problem


# -- people


@pytest.mark.parametrize(
    ("who", "organizer", "key"),
    [
        ([JULIE], None, "nordik.ca"),
        ([JULIE, SISTER], None, "nordik.ca"),
        ([SISTER], None, "nordik.ca"),
        ([FREE], None, "zoe@gmail.com"),
        ([FREE, JULIE], None, "nordik.ca"),
        ([ROBOT], None, "no-reply@hire.lever.co"),
        ([AGENT, JULIE], None, "nordik.ca"),  # agencies come last
        ([AGENT, NADIA, JULIE], None, "nordik.ca"),
        ([AGENT, NADIA], None, "agencex.ca"),
        ([Person("a@one.ca"), JULIE, MARC], None, "nordik.ca"),  # most of its people
        ([Person("a@one.ca"), JULIE], None, "one.ca"),  # a tie: the first recipient's
        ([Person("a@one.ca"), JULIE], MARC, "nordik.ca"),  # a tie: the organizer's
        ([Person("a@one.ca"), Person("b@one.ca"), JULIE], MARC, "one.ca"),
        ([Person("a@one.ca"), JULIE], ROBOT, "one.ca"),
        ([ME, JULIE], None, "nordik.ca"),  # as a source may list them
        ([Person("a@www.gov.uk"), Person("root")], None, "www.gov.uk"),
        ([Person("root")], None, "root"),
        ([Person("julie@")], None, "julie@"),
    ],
)
def test_an_event_belongs_to_the_organization_of_most_of_its_people(who, organizer, key):
    assert home(event("meeting", "2026-11-09 10:00", *who, organizer=organizer)) == key


def test_who_knows_of_no_services_and_agencies_goes_by_the_domains():
    directory = Directory(registrable)
    found = [
        assign([each], directory)[each.identity].home
        for each in (visit(), visit("2026-11-09 10:00", FREE, AGENT, ROBOT))
    ]
    assert found == ["nordik.ca", "gmail.com"]
    assert clean(visit("2026-11-09 10:00", ME, ROBOT, organizer=ROBOT), directory).people == (ME, ROBOT)


def test_an_event_without_people_is_a_case_of_its_own_whose_key_holds_no_white_space():
    assert home(event("meeting", "2026-11-09 10:00", id=" my \t meeting ")) == "my-meeting"


@pytest.mark.parametrize("label", ["client A", " client A ", "client \t\n A"])
def test_a_label_is_a_key_without_white_space(label):
    assert key_of(label) == "client-A"


@pytest.mark.parametrize(
    ("organizer", "kept"),
    [
        (None, (JULIE, ROBOT)),
        (JULIE, (JULIE, ROBOT)),
        (ROBOT, (JULIE,)),
    ],
)
def test_neither_the_user_nor_the_service_that_invites_is_a_counterpart(organizer, kept):
    assert clean(visit("2026-11-09 10:00", JULIE, ME, ROBOT, organizer=organizer), DIRECTORY).people == kept


def test_an_event_with_nobody_to_leave_out_stays_the_very_same():
    meeting = visit()
    assert clean(meeting, DIRECTORY) is meeting


# -- mail


def test_mail_belongs_to_the_case_of_its_thread():
    first = sent("2026-11-01 10:00", JULIE, thread="t", case="client-a")
    assert home(first, sent("2026-11-02 10:00", MARC, thread="t")) == "client-a"
    assert home(first, sent("2026-11-02 10:00", MARC, thread="u")) == "nordik.ca"
    assert home(first, sent("2026-11-02 10:00", MARC)) == "nordik.ca"
    assert home(first, visit("2026-11-02 10:00", MARC, thread="t")) == "nordik.ca"


def test_a_thread_stays_in_the_case_of_its_first_message():
    mails = [
        sent("2026-11-01 10:00", JULIE, thread="t"),
        sent("2026-11-02 10:00", NADIA, thread="t", case="agency"),
        sent("2026-11-03 10:00", NADIA, thread="t"),
    ]
    assert list(homes(*mails).values()) == ["nordik.ca", "agency", "nordik.ca"]


def test_mail_goes_where_one_of_its_people_took_part_most_recently_before():
    earlier = visit("2026-11-01 10:00", NADIA, case="client-a", id="a")
    later = visit("2026-11-02 10:00", NADIA, case="client-b", id="b")
    assert home(earlier, later, sent("2026-11-03 10:00", NADIA)) == "client-b"
    assert home(earlier, later, sent("2026-11-01 12:00", NADIA)) == "client-a"
    assert home(earlier, later, sent("2026-10-31 12:00", NADIA)) == "agencex.ca"
    assert home(earlier, later, sent("2026-11-03 10:00", JULIE, NADIA)) == "client-b"
    assert home(earlier, later, event("received", "2026-11-03 10:00", NADIA)) == "client-b"
    assert home(earlier, later, visit("2026-11-03 10:00", NADIA)) == "agencex.ca"


def test_mail_joins_every_case_in_which_one_of_its_people_takes_part():
    meetings = [visit(f"2026-11-0{day} 10:00", NADIA, case=f"client-{day}", id=str(day)) for day in (1, 2, 5)]
    mail = sent("2026-11-03 10:00", NADIA, JULIE)
    other = visit("2026-11-04 10:00", JULIE)
    places = assign([*meetings, mail, other], DIRECTORY)
    assert places[mail.identity] == Place("client-2", frozenset({"client-1", "client-5", "nordik.ca"}))
    assert {places[each.identity].joins for each in (*meetings, other)} == {frozenset()}


def test_of_two_mails_of_one_instant_the_first_id_decides_in_whatever_order_they_are_read():
    one, two = (sent("2026-11-01 10:00", who, id=name, thread="t") for name, who in (("a", JULIE), ("b", NADIA)))
    assert homes(one, two) == homes(two, one) == {"a": "nordik.ca", "b": "nordik.ca"}


# -- labels


def test_what_carries_a_label_belongs_to_it():
    assert home(visit("2026-11-09 10:00", case=" Client A ")) == "Client-A"
    assert home(visit("2026-11-09 10:00", case="CLIENT a"), labels=(Label("Client A"),)) == "Client-A"
    assert home(note("2026-11-09 10:00", case="Client A")) == "Client-A"


@pytest.mark.parametrize(
    ("label", "fits"),
    [
        (Label("x", people=frozenset({JULIE.address})), True),
        (Label("x", people=frozenset({NADIA.address})), False),
        (Label("x", domains=frozenset({"nordik.ca"})), True),
        (Label("x", domains=frozenset({"ordik.ca"})), False),
        (Label("x", words=("interview",)), True),
        (Label("x", words=("INTER*",)), True),
        (Label("x", words=("inter",)), False),
        (Label("x", words=("canoe",)), True),
        (Label("x"), False),
    ],
)
def test_a_label_of_the_config_takes_what_has_its_people_domains_or_words(label, fits):
    meeting = visit("2026-11-09 10:00", JULIE, FREE, text="Bring your canoe.")
    assert home(meeting, labels=(label,)) == ("x" if fits else "nordik.ca")


def test_a_labels_words_are_looked_for_in_a_heading_too():
    assert home(note("2026-11-09 10:00", heading="My river"), labels=(Label("x", words=("river",)),)) == "x"


def test_words_say_more_than_people_and_people_more_than_domains():
    words = Label("words", words=("interview",))
    people = Label("people", people=frozenset({JULIE.address}))
    domains = Label("domains", domains=frozenset({"nordik.ca"}))
    both = Label("both", people=frozenset({JULIE.address}), domains=frozenset({"nordik.ca"}))
    for labels, best in [
        ((words, people, domains), "words"),
        ((people, domains), "people"),
        ((both, words), "words"),
        ((people, both), "both"),
    ]:
        for order in permutations(labels):
            assert home(visit(), labels=order) == best


def test_of_labels_that_fit_as_well_the_first_of_the_config_counts():
    a, b = (Label(name, words=("interview",)) for name in "ab")
    assert home(visit(), labels=(a, b)) == "a"
    assert home(visit(), labels=(b, a)) == "b"


# -- notes


NORDIK = visit("2026-11-09 10:00", JULIE)
A, B = (visit(f"2026-11-0{n} 10:00", NADIA, case=f"client-{n}", id=f"m{n}") for n in (1, 2))


@pytest.mark.parametrize(
    "heading", ["nordik.ca", "Nordik", "NORDIK", " nordik ", "@nordik.ca", "@Nordik.CA", "@mail.nordik.ca"]
)
def test_a_heading_names_a_case_by_its_key_its_employer_or_its_domain(heading):
    assert problem(NORDIK, note("2026-11-09 12:00", heading=heading)) == ("nordik.ca", "")


def test_a_heading_names_a_label_before_an_employer():
    labelled = visit("2026-11-02 10:00", NADIA, case="Nordik", id="m3")
    assert home(NORDIK, labelled, note("2026-11-09 12:00", heading="nordik")) == "Nordik"
    assert home(note("2026-11-09 12:00", heading="CLIENT a"), labels=(Label("Client A"),)) == "Client-A"


def test_a_heading_may_name_a_case_that_is_known_from_elsewhere():
    assert home(note("2026-11-09 12:00", heading="Acme"), known=["acme.com"]) == "acme.com"


@pytest.mark.parametrize(
    ("people", "domain", "key"),
    [
        ((JULIE,), "", "nordik.ca"),
        ((Person("new@nordik.ca"),), "", "nordik.ca"),
        ((Person("new@acme.com"),), "", "acme.com"),
        ((FREE,), "", "zoe@gmail.com"),
        ((FREE, Person("new@acme.com")), "", "acme.com"),
        ((), "nordik.ca", "nordik.ca"),
        ((), "acme.com", "acme.com"),
        ((), "mail.acme.com", "acme.com"),
    ],
)
def test_an_address_or_domain_in_a_heading_decides_or_begins_a_case(people, domain, key):
    assert problem(NORDIK, note("2026-11-09 12:00", people=people, domain=domain)) == (key, "")


def test_a_heading_that_is_the_name_of_a_case_says_more_than_its_addresses():
    assert home(A, note("2026-11-09 12:00", heading="Client 1", people=(JULIE,))) == "client-1"
    assert home(A, note("2026-11-09 12:00", heading="Client 2", people=(JULIE,))) == "nordik.ca"


def test_an_address_that_takes_part_in_one_case_means_that_case():
    assert home(A, note("2026-11-09 12:00", people=(NADIA,))) == "client-1"
    assert home(A, note("2026-11-09 12:00", heading="@agencex.ca")) == "client-1"


def test_an_address_that_takes_part_in_several_cases_is_asked_about():
    said = "fits several cases: client-1, client-2; write #case:NAME in the note"
    written = note("2026-11-09 12:00", people=(NADIA, AGENT), id="my note")
    assert problem(A, B, written) == ("my-note", f"the heading 'nadia@agencex.ca, luc@agencex.ca' {said}")
    assert problem(A, B, note("2026-11-09 12:00", heading="@agencex.ca", id="n")) == (
        "n",
        f"the heading '@agencex.ca' {said}",
    )


def test_of_several_cases_the_one_with_the_domain_as_its_key_is_meant():
    own = visit("2026-11-03 10:00", NADIA, id="m3")
    assert problem(A, B, own, note("2026-11-09 12:00", people=(NADIA,))) == ("agencex.ca", "")


def test_a_heading_that_fits_no_case_is_a_problem_with_the_nearest_one():
    for heading, guess in [("Nordick", "nordik"), ("nordic.ca", "nordik.ca"), ("acme", "acne")]:
        found = problem(NORDIK, note("2026-11-09 12:00", heading=heading, id="n"), known=["acne"])
        assert found == ("n", f"the heading {heading!r} fits no case; did you mean {guess!r}?")
    found = problem(NORDIK, note("2026-11-09 12:00", heading="Umbrella", id="n"))
    assert found == ("n", "the heading 'Umbrella' fits no case; add an address: \"## Umbrella <name@domain>\"")


def test_a_heading_may_be_the_id_of_a_meeting():
    assert problem(visit(id="k3j2h1@x.ca"), note("2026-11-09 12:00", people=(Person("k3j2h1@x.ca"),))) == (
        "nordik.ca",
        "",
    )


def test_a_heading_of_signs_alone_fits_nothing():
    assert problem(visit("2026-11-09 10:00", case="!"), note("2026-11-09 12:00", heading="?", id="n"))[0] == "n"


def test_several_employers_of_one_name_are_asked_about_in_the_order_of_their_names():
    ends = ("se", "org", "fr", "com", "net", "de")
    others = [visit("2026-11-02 10:00", Person(f"x@nordik.{end}"), id=end) for end in ends]
    home, said = problem(NORDIK, *others, note("2026-11-09 12:00", heading="Nordik", id="n"))
    assert home == "n"
    every = "nordik.ca, nordik.com, nordik.de, nordik.fr, nordik.net, nordik.org, nordik.se"
    assert f"several cases: {every};" in said


def test_a_note_with_an_address_makes_a_case_that_a_heading_can_name():
    addressed = note("2026-11-09 12:00", people=(Person("a@acme.com"),), id="n1")
    assert home(addressed, note("2026-11-09 11:00", heading="Acme", id="n2")) == "acme.com"


def test_a_note_that_fits_nothing_is_no_case_for_other_notes():
    lost = note("2026-11-09 11:00", people=(NADIA,), id="riddle")
    assert "fits no case" in problem(A, B, lost, note("2026-11-09 12:00", heading="riddle", id="n"))[1]


def test_the_same_key_is_one_case_however_it_is_spelled():
    assert match("Client A", ["client-a", "client-b"]) == {"client-a"}
    assert match("nordik", ["nordik.ca", "nordik.com", "Nordik-x", "nordik"]) == {"nordik"}
    assert match("nordik", ["nordik.ca", "nordik.com", "x.nordik"]) == {"nordik.ca", "nordik.com"}
    assert match("nordik", ["nordik.co.uk"]) == {"nordik.co.uk"}
    assert match("gmail", ["zoe@gmail.com"]) == {"zoe@gmail.com"}
    assert match("", ["nordik.ca", "!"]) == set()


def test_notes_with_an_address_make_no_cases_for_each_other():
    other = note("2026-11-08 12:00", people=(Person("a@zeta.ca"),), id="n1")
    assert home(other, note("2026-11-09 12:00", heading="zeta.ca", people=(JULIE,), id="n2")) == "nordik.ca"


def test_notes_without_an_address_make_no_cases_for_each_other():
    other = note("2026-11-08 12:00", heading="@acme.com", id="n1")
    assert homes(other, note("2026-11-09 12:00", heading="Acme", id="n2")) == {"n1": "acme.com", "n2": "n2"}


def test_of_several_spellings_of_one_key_always_the_same_is_meant():
    for letter in "abcdefgh":
        assert match(f"client {letter}", [f"client{sign}{letter}" for sign in "-!_+#:"]) == {f"client!{letter}"}


# -- what vanished


@pytest.mark.parametrize(
    ("taken_away", "counts"),
    [
        (visit("2026-11-01 10:00", NADIA, case="client-a"), True),
        (visit("2026-11-01 10:00", NADIA, case="client-a", gone=at("2026-11-01 10:59")), False),
        (visit("2026-11-01 10:00", NADIA, case="client-a", gone=at("2026-11-01 11:00")), True),  # it took place
        (note("2026-11-01 10:00", people=(NADIA,), case="client-a", gone=at("2026-11-05 10:00")), False),
        (sent("2026-11-01 10:00", NADIA, case="client-a", gone=at("2026-11-01 09:00")), True),  # mail was sent
        (event("received", "2026-11-01 10:00", NADIA, case="client-a", gone=at("2026-11-01 09:00")), True),
    ],
)
def test_nothing_follows_from_what_was_taken_away_before_it_took_place(taken_away, counts):
    mail = sent("2026-11-03 10:00", NADIA, id="m")
    assert homes(taken_away, mail) == {taken_away.id: "client-a", "m": "client-a" if counts else "agencex.ca"}


# -- what outputs report


def test_what_an_output_reports_is_at_home_with_the_anchor_of_its_action():
    done = event("done", "2026-11-10 10:00", JULIE, id="done:K", report=Report(key="K", anchor="m1"), case="former")
    assert home(A, done) == "client-1"
    assert home(done) == "former"
    assert home(event("done", "2026-11-10 10:00", id="done:K", report=Report(key="K", anchor="m1"))) == "done:K"


def test_what_an_output_reports_draws_no_mail_to_it():
    done = event("done", "2026-11-01 10:00", JULIE, id="done:K", report=Report(key="K", anchor="m1"), case="former")
    assert home(A, done, sent("2026-11-03 10:00", JULIE)) == "nordik.ca"


# -- order, and what can be placed apart


def test_the_order_in_which_sources_are_read_never_matters():
    events = [A, B, sent("2026-11-03 10:00", NADIA, thread="t"), sent("2026-11-03 10:00", JULIE, id="z"), NORDIK,
              note("2026-11-03 10:00", heading="nordik")]  # fmt: skip
    assert len({tuple(sorted(homes(*order).items())) for order in permutations(events)}) == 1


@pytest.mark.parametrize(
    ("one", "tied"),
    [
        (visit(), {"@julie@nordik.ca", "anchor meeting-2026-11-09T10:00"}),
        (
            sent("2026-11-09 10:00", id="m", thread="t"),
            {"@julie@nordik.ca", "thread t", "thread m", "names julie", "names nordik", "anchor m"},
        ),
        (event("received", "2026-11-09 10:00", id="m", answers="a"), {"thread a", "thread m", "anchor m"}),
        (
            event("received", "2026-11-09 10:00", id="m", answers="a", references=("a", "b")),
            {"thread a", "thread b", "thread m", "anchor m"},
        ),
        (
            event("meeting", "2026-11-09 10:00", JULIE, id="S@x.ca/20261109T150000Z", title="Call Bob"),
            {"@julie@nordik.ca", "@s@x.ca", "@s@x.ca/20261109t150000z", "anchor S@x.ca/20261109T150000Z"},
        ),
        (
            event("meeting", "2026-11-09 10:00", id="e", title="Call Bob"),
            {"title  call bob ", "title  e ", "word call", "anchor e"},
        ),
        (
            event("done", "2026-11-09 10:00", id="done:K", report=Report(key="K", anchor="I1")),
            {"anchor I1", "anchor done:K"},
        ),
        (note("2026-11-09 10:00", id="n", heading="Nordik"), {"heading", "title  nordik ", "anchor n"}),
        (
            note("2026-11-09 10:00", id="n", heading="@Mail.Nordik.ca"),
            {"heading", "domain nordik.ca", "title  mail nordik ca ", "anchor n"},
        ),
        (note("2026-11-09 10:00", id="n", heading="Nordik", case="x"), {"anchor n"}),
        (note("2026-11-09 10:00", id="n", people=(JULIE,)), {"@julie@nordik.ca", "anchor n"}),
        (
            note("2026-11-09 10:00", id="n", people=(JULIE,), heading="@nordik.ca"),
            {"@julie@nordik.ca", "title  nordik ca ", "anchor n"},
        ),
        (event("meeting", "2026-11-09 10:00", id="e"), {"title  e ", "anchor e"}),
        (
            event("meeting", "2026-11-09 10:00", id="E@x", title="Coffee"),
            {"@e@x", "title  e x ", "title  coffee ", "word coffee", "anchor E@x"},
        ),
        (note("2026-11-09 10:00", id="n", heading="Coffee 2026-11-09"), {"heading", "title  coffee ", "anchor n"}),
    ],
)
def test_what_ties_an_event_to_others(one, tied):
    assert tokens(one) == tied


@pytest.mark.parametrize("kind", ["received", "meeting"])
def test_what_a_stranger_calls_by_the_id_of_a_mail_of_mine_is_another_event(kind):
    mine = sent("2026-11-09 12:00", id="shared")
    theirs = event(kind, "2026-11-09 15:00", FREE, id="shared")
    places = assign([mine, theirs], DIRECTORY)
    assert places[mine.identity].home == "nordik.ca"
    assert places[theirs.identity].home == FREE.address


def test_mail_to_an_address_in_a_value_of_a_note_joins_the_case_of_that_note():
    offer = note("2026-11-10 12:00", "offer", people=(JULIE,), data={"ref": "Claude <claude@oldjob.example>"})
    mail = sent("2026-11-11 12:00", Person("claude@oldjob.example"))
    for events in permutations([visit(), offer, mail]):
        place = assign(events, DIRECTORY)[mail.identity]
        assert (place.home, place.joins) == ("oldjob.example", frozenset({"nordik.ca"}))
    assert tokens(offer) & tokens(mail)
    assert assign([visit(data=offer.data), mail], DIRECTORY)[mail.identity].joins == frozenset()


def test_an_entry_is_with_the_person_of_its_heading_as_long_as_that_stands_there():
    entry = event("meeting", "2026-11-09 10:00", id="k3", title="Coffee")
    headed = note("2026-11-08 12:00", id="n", heading="Coffee", people=(JULIE,))
    deleted = note("2026-11-08 12:00", id="n", heading="Coffee", people=(JULIE,), gone=at("2026-11-08 13:00"))
    assert homes(headed, entry) == {"n": "nordik.ca", "k3": "nordik.ca"}
    assert home(deleted, entry) == "k3"


def test_what_is_known_by_an_id_only_is_called_by_its_title_and_by_its_day_if_others_have_it():
    one, other, twin = (visit(f"2026-11-{day} 10:00", title=title) for day, title in
                        (("09", "Chat"), ("10", "Coffee"), ("11", "coffee")))  # fmt: skip
    found = names_of({"a": one, "b": other, "c": twin, "d": visit(title=" ")}, TORONTO)
    assert found == {"a": "Chat", "b": "Coffee 2026-11-10", "c": "coffee 2026-11-11", "d": "d"}


def test_an_entry_without_a_title_has_no_name():
    assert title_of(visit(title=" "), TORONTO) == frozenset()
    assert title_of(visit(title="Chat"), TORONTO) == {fold("chat"), fold("chat 2026-11-09")}


def test_a_mail_to_me_without_people_is_of_the_sender_that_is_no_human():
    robot = Person("no-reply@nordik.ca")
    mail = event("received", "2026-11-09 10:00", id="m", organizer=robot)
    assert assign([mail], DIRECTORY)[mail.identity].home == "nordik.ca"
    entry = event("meeting", "2026-11-09 10:00", id="e", organizer=robot)
    assert assign([entry], DIRECTORY)[entry.identity].home == "e"


def test_what_was_done_with_a_mail_of_mine_is_at_home_with_it_whoever_takes_its_id():
    mine, theirs = sent("2026-11-08 10:00", JULIE, id="x"), event("received", "2026-11-09 10:00", NADIA, id="x")
    told = event("done", "2026-11-10 10:00", report=Report(key="k", anchor="x"))
    for order in permutations([mine, theirs, told]):
        assert assign(order, DIRECTORY)[told.identity].home == "nordik.ca"


@pytest.mark.parametrize("name", ["s1@cal.example", "s1@cal.example/20261109t200000z"])
@pytest.mark.parametrize("heading", ["Weekly, room 2", ""])
def test_a_heading_may_hold_the_id_of_a_series_or_of_one_of_its_meetings(name, heading):
    weekly = event("meeting", "2026-11-09 15:00", id="s1@cal.example/20261109T200000Z", title="Weekly")
    about = note("2026-11-09", "x", people=(Person(name),), heading=heading)
    found = assign([weekly, about], DIRECTORY)
    assert found[about.identity].home == found[weekly.identity].home == "s1@cal.example"


def test_a_mail_of_mine_joins_an_entry_with_nobody_whose_title_names_its_people():
    entry = event("meeting", "2026-11-09 10:00", id="e", title="Entrevue Boréal")
    nina, marc = Person("nina@boreal.example"), Person("marc@brio.example", "Marc Entrevue")
    for person, joins in ((nina, {"e"}), (marc, {"e"}), (JULIE, set())):
        mail = sent("2026-11-09 12:00", person, id="m")
        assert assign([entry, mail], DIRECTORY)[mail.identity].joins == joins
    named = [replace(entry, case="brio"), sent("2026-11-09 12:00", nina, id="m")]
    assert assign(named, DIRECTORY)[named[1].identity].joins == set()
    theirs = event("received", "2026-11-09 12:00", nina, id="m")
    assert assign([entry, theirs], DIRECTORY)[theirs.identity].joins == set()


def received(start, *people, **fields):
    return event("received", start, *people, **fields)


def test_a_mail_that_names_nobody_at_all_is_a_case_of_its_own():
    assert home(received("2026-11-09 10:00", id="r1")) == "r1"


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"answers": "m1"}, "nordik.ca"),
        ({"answers": "m2"}, "nordik.ca"),
        ({"references": ("m1",)}, "nordik.ca"),
        ({"thread": "m1"}, "nordik.ca"),
        ({"thread": "t"}, "nordik.ca"),
        ({"answers": "sms"}, FREE.address),
        ({"references": ("i",)}, FREE.address),  # a meeting is no message
        ({"id": "m1", "references": ("m1",)}, FREE.address),  # it names itself
        ({}, FREE.address),
    ],
)
def test_a_mail_is_of_the_case_of_any_message_that_it_names(fields, key):
    before = [
        sent("2026-11-09 10:00", JULIE, id="m1"),
        received("2026-11-09 10:30", JULIE, id="m2"),
        visit("2026-11-09 11:00", JULIE, id="i"),
        event("sms", "2026-11-09 12:00", JULIE, id="sms", thread="t"),
    ]
    mail = received("2026-11-10 10:00", FREE, **{"id": "r1", **fields})
    assert assign([*before, mail], DIRECTORY)[mail.identity].home == key


def test_what_came_under_the_id_of_a_mail_of_mine_leads_nowhere():
    theirs = received("2026-11-08 10:00", FREE, id="m1")
    answer = received("2026-11-10 10:00", NADIA, id="r1", answers="m1")
    assert home(theirs, sent("2026-11-09 10:00", JULIE, id="m1"), answer) == "nordik.ca"


def test_an_invitation_of_a_stranger_says_nothing_of_whom_it_names():
    unanswered = visit("2026-11-09 10:00", JULIE, FREE, answered=False)
    assert home(unanswered, sent("2026-11-10 10:00", FREE, id="m")) == FREE.address
    assert home(replace(unanswered, answered=True), sent("2026-11-10 10:00", FREE, id="m")) == "nordik.ca"


def test_a_name_of_four_letters_in_a_title_may_name_somebody_and_one_of_three_does_not():
    for name, joins in [("Anna", {"e"}), ("Bob", set())]:
        entry = event("meeting", "2026-11-09 10:00", id="e", title=f"With {name}")
        mail = sent("2026-11-09 12:00", Person("x@one.example", name), id="m")
        assert assign([entry, mail], DIRECTORY)[mail.identity].joins == joins


def test_only_an_entry_is_joined_for_its_title():
    mail = sent("2026-11-09 12:00", Person("x@one.example", "Anna"), id="m")
    nobody = received("2026-11-09 10:00", id="r1", title="With Anna")
    assert assign([nobody, mail], DIRECTORY)[mail.identity].joins == set()


# -- headings that are titles of entries


ENTRY = event("meeting", "2026-11-09 10:00", id="E1", title="Nordik")


def test_a_heading_without_a_person_moves_no_entry():
    about = note("2026-11-10", heading="Nordik", id="n")
    assert homes(visit(), ENTRY, about) == {"meeting-2026-11-09T10:00": "nordik.ca", "E1": "E1", "n": "nordik.ca"}


def test_nor_does_one_that_fits_several_cases():
    both = [sent("2026-11-08 10:00", NADIA, id=f"m{n}", case=f"client-{n}") for n in (1, 2)]
    about = note("2026-11-10", heading="Nordik", people=(NADIA, AGENT), id="n")
    assert homes(*both, ENTRY, replace(about, people=(NADIA,)))["E1"] == "E1"
    assert homes(visit(), ENTRY, replace(about, people=(JULIE,)))["E1"] == "nordik.ca"


def test_a_heading_that_is_the_title_of_an_entry_with_nobody_is_about_that_entry():
    coffee = event("meeting", "2026-11-09 10:00", id="E2", title="Coffee")
    assert problem(coffee, note("2026-11-10", heading="coffee", id="n")) == ("E2", "")


def test_the_title_of_a_meeting_with_people_names_no_case():
    found = problem(visit(title="Coffee"), note("2026-11-10", heading="Coffee", id="n"))
    assert found[0] == "n"
    assert "fits no case" in found[1]


def test_an_id_of_an_entry_is_no_address_however_it_is_written_and_that_of_a_note_may_be_one():
    for name in ("K3J@X.ca", "k3j@x.ca"):
        about = note("2026-11-09 12:00", people=(Person("k3j@x.ca"),), id="n")
        assert home(event("meeting", "2026-11-09 10:00", id=name, title="Coffee"), about) == name
    own = note("2026-11-08 12:00", id="zoe@gmail.com", people=(JULIE,))
    assert home(own, note("2026-11-09 12:00", people=(FREE,), id="n")) == FREE.address


@pytest.mark.parametrize(
    ("heading", "advice"),
    [
        ("julie at nordik.ca", 'did you mean "julie@nordik.ca"?'),
        ("Julie <julie@nordik", "mend the address in it, as in ## Nordik <julie.roy@nordik.ca>"),
        ("julie@", "mend the address in it, as in ## Nordik <julie.roy@nordik.ca>"),
        ("Julie <julie", "mend the address in it, as in ## Nordik <julie.roy@nordik.ca>"),
        ("Umbrella", 'add an address: "## Umbrella <name@domain>"'),
    ],
)
def test_a_heading_with_half_an_address_is_told_how_to_mend_it(heading, advice):
    assert problem(note("2026-11-09 12:00", heading=heading, id="n")) == (
        "n",
        f"the heading {heading!r} fits no case; {advice}",
    )
