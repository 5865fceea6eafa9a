"""Patterns of the rule language: what each field finds and does not find, and what is said of one that is wrong."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.config import wordlists
from followup_rules.engine.anchors import CaseView, Scope
from followup_rules.language.load import Surroundings, load
from followup_rules.language.matching import CheckFailed
from followup_rules.language.patterns import FIELDS, World
from followup_rules.language.phrases import Days
from followup_rules.language.schema import RuleSet
from followup_rules.language.text import fold
from followup_rules.model import Case, Event, Person, Report, Visit
from followup_rules.toml.document import Document, parse
from tests.support.rulelab import unfilled

JULIE, PAUL = Person("julie.roy@nordik.ca", "Julie Roy"), Person("paul@mail.nordik.ca", "Paul")
BOSS, ROBOT = Person("chef@employer.example"), Person("no-reply@hire.lever.co")
DAY = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)


def event(name="e", kind="sent", at=DAY, **fields):
    hour = timedelta(hours=1)
    return Event(**{"id": name, "kind": kind, "start": at, "end": at + hour, "people": (JULIE,), **fields})


MEETING = event("m", "meeting", title="Entrevue chez Nordik", text="Le trajet en canot", thread="m-thread")


NUDGE = '\n[rule.nudge]\non = "#x"\ndo = { type = "notice", title = "x" }\n'


def explodes(_):
    raise RuntimeError("no battery")


WORLD = World(
    me=frozenset({"me@example.org"}),
    my_domains=frozenset({"employer.example"}),
    services=frozenset({"lever.co"}),
    stop_words=wordlists.stop_words(),
    days=Days(ZoneInfo("America/Toronto"), lambda _: None),
    checks={"short": lambda event: len(event.text) < 5, "explodes": explodes},
)


def compiled(text):
    """Return the definition `it-is` of a rule file, and the problems of the file."""
    document = parse(text, "rules.toml")
    assert isinstance(document, Document), document
    rules, problems = load([document], WORLD, Surroundings())
    return rules.world.definitions["it-is"], problems


def pattern(fields, more=""):
    found, problems = compiled(f"[define.it-is]\n{fields}\n{more}{NUDGE}")
    assert problems == ()
    return found


def scope(*others, anchor=MEETING):
    """Return what a pattern may ask about: the anchor's case, with further events."""
    rules = RuleSet({}, {}, WORLD)
    view = CaseView(Case(key="nordik.ca", home=(anchor, *others)), rules, {})
    return Scope(view, only(anchor, view))


def only(event, view):
    """Return the visit that an event makes up alone."""
    day, people = view.day(event), view.people(event)
    return Visit(events=(event,), start=event.start, end=event.end, day=day, people=people)


def failed(fields, tried, *others, more=""):
    return pattern(fields, more).failed(tried, scope(tried, *others))


FITS = [
    ('kind = "sent"', event()),
    ('kind = ["note", "sent"]', event()),
    ('tags = "called"', event(kind="note", tags=("fit", "called"))),
    ('tags = ["x", "#Called"]', event(kind="note", tags=("called",))),
    ('words = "entrevue"', event(text="Notre entrevue")),
    ('words = "entrevue"', event(title="Notre entrevue")),
    ('title = "entrevue"', event(title="ENTREVUE!")),
    ('text = "entrevue"', event(text="l'entrevue.")),
    ('title = "<>"', event(title="Camille <> Priya", answers="")),
    ('text = ["<>", "oui"]', event(text="Camille <> Priya")),
    ('text = ["<>", "oui"]', event(text="Oui")),
    ('words = "<>"', event(text="Camille <> Priya")),
    ('words = ["un", "deux", "trois", "quatre", "cinq"]', event(text="Cinq")),
    ('title = "entre\u00advue"', event(title="Entrevue")),
    ('title = "entrevue"', event(title="En\u200btre\u00advue")),
    ('to = "them"', event()),
    ('to = "outside"', event(people=(BOSS, PAUL))),
    ('to = "Julie.Roy@nordik.ca"', event()),
    ('to = "@nordik.ca"', event(people=(PAUL,))),
    ('to = ["x@y.z", "@Nordik.CA"]', event()),
    ('from = "them"', event(kind="received", organizer=JULIE)),
    ('from = "services"', event(kind="received", organizer=ROBOT)),
    ('with = "them"', event(kind="meeting")),
    ('with = "outside"', event(kind="meeting")),
    ('organizer = "services"', event(kind="meeting", organizer=ROBOT)),
    ('organizer = "@employer.example"', event(organizer=BOSS)),
    ('status = ["declined", "mine"]', event(status="mine")),
    ("answers = true", event(answers="theirs")),
    ("answers = true", event(answers="an-old-mail@example.org", people=(Person("ann@example.org"),))),
    ("answers = true", event(answers="an-old-mail@example.organic")),
    ("answers = false", event()),
    ("answers = false", event(answers="m1")),
    ('first = "thread"', event(thread="t", at=DAY - timedelta(hours=1))),
    ('first = "thread"', event(thread="")),
    ('same = "thread"', event(thread="m-thread")),
    ('about = "it"', event(text="Les canots sont prêts")),
    ("people = { min = 1 }", event()),
    ("people = { max = 1 }", event()),
    ("people = { min = 2, max = 2 }", event(people=(JULIE, PAUL))),
    ('after = "end"', event(at=MEETING.end)),
    ('before = "end"', event(at=MEETING.end - timedelta(seconds=1))),
    ('after = ["it.nothing", "day"]', event()),
    ('data.bonus = "printer"', event(data={"bonus": "printer"})),
    ("data.pages = 3", event(data={"pages": "3"})),
    ("data.pages = { min = 3, max = 4.5 }", event(data={"pages": "4"})),
    ("data.signed = true", event(data={"signed": True})),
    ('check = "short"', event(text="oui")),
    ('any = ["#fit", { kind = "sent" }]', event()),
    ('all = [{ kind = "sent" }, { title = "x" }]', event(title="x")),
    ('any = [{ text = "oui" }, "#fit"]', event(text="oui")),
    ('any = [{ text = "oui" }, "#fit"]', event(kind="note", tags=("fit",))),
    ('any = ["#fit", { to = "@nordik.ca" }]', event()),
    ('any = ["#fit", { to = "them" }]', event()),
    ('any = [{ to = "them" }, "#fit"]', event(kind="note", tags=("fit",))),
    ('any = [{ after = "end" }, "#fit"]', event(at=MEETING.end)),
    ('any = [{ after = "end" }, "#fit"]', event(kind="note", tags=("fit",))),
    ('not = { kind = "note" }', event()),
    ('not = { text = "oui" }', event(text="non")),
    ('not = { to = "@nordik.ca" }', event(people=(BOSS,))),
    ('not = { to = "them" }', event(people=(PAUL,))),
    ('not = { after = "end" }', event()),
    ('to = "them"\nafter = "end"', event(at=MEETING.end)),
    ('is = "#fit"', event(tags=("fit",))),
    ("auto = true", event(auto="bulk")),
    ("auto = false", event()),
    ('auto = "reply"', event(auto="reply")),
    ('auto = [false, "notice"]', event()),
    ('auto = [false, "notice"]', event(auto="notice")),
    ("forwards = true", event(forwards=True)),
    ("forwards = false", event()),
    ('of = "nudge"', event("done:1", kind="done", report=Report(key="nudge/m", rule="nudge", anchor="m"))),
    ('title = "thank*"', event(title="Re: Thank you", answers="m1")),
    ('title = "thank*"', event(title="Thank you", answers="theirs")),
    ('title = "thank*"', event(kind="received", title="Re: Thank you", answers="m1")),
]
MISSES = [
    ('kind = "sent"', event(kind="note")),
    ('tags = "called"', event(kind="note", tags=("fit",))),
    ('words = "entrevue"', event(title="Entrevues", text="entrevoir")),
    ('title = "entrevue"', event(text="entrevue")),
    ('text = "entrevue"', event(title="entrevue")),
    ('title = "<>"', event(title="Camille < Priya >", text="<>")),
    ('text = ["<>", "oui"]', event(text="Non", title="<>")),
    ('words = ["un", "deux", "trois", "quatre", "cinq"]', event(text="Six")),
    ('to = "them"', event(people=(PAUL,))),
    ('to = "them"', event(kind="received")),
    ('to = "outside"', event(people=(BOSS, Person("me@example.org")))),
    ('to = "julie.roy@nordik.ca"', event(people=(Person("lajulie.roy@nordik.ca"),))),
    ('to = "@nordik.ca"', event(people=(Person("x@artnordik.ca"),))),
    ('from = "them"', event(kind="received", organizer=PAUL)),
    ('from = "outside"', event(kind="received")),
    ('with = "them"', event(people=())),
    ('organizer = "services"', event(organizer=Person("x@clever.co"))),
    ('status = "mine"', event()),
    ("answers = true", event()),
    ("answers = true", event(answers="m1")),
    ("answers = false", event(answers="theirs")),
    ('first = "thread"', event(thread="t", at=DAY + timedelta(hours=1))),
    ('data.bonus = "printer"\ndata.pages = 3', event(data={"bonus": "printer"})),
    ('data.bonus = "printer"\ndata.pages = 3', event(data={"bonus": "printer", "pages": 4})),
    ('same = "thread"', event(thread="other")),
    ('same = "thread"', event(thread="")),
    ('about = "it"', event(text="Merci de votre accueil, Julie; à bientôt chez Nordik")),
    ("people = { min = 2 }", event()),
    ("people = { max = 0 }", event()),
    ('after = "end"', event(at=MEETING.end - timedelta(seconds=1))),
    ('before = "end"', event(at=MEETING.end)),
    ('after = "it.nothing"', event()),
    ('before = "it.nothing"', event()),
    ('data.bonus = "printer"', event(data={"bonus": "paper"})),
    ('data.bonus = "printer"', event()),
    ("data.pages = { min = 3 }", event(data={"pages": "many"})),
    ("data.pages = { max = 3 }", event(data={"pages": 3.5})),
    ("data.signed = true", event(data={"signed": False})),
    ('check = "short"', event(text="certainement")),
    ('any = ["#fit", { kind = "note" }]', event()),
    ('all = [{ kind = "sent" }, { title = "x" }]', event(title="y")),
    ('any = [{ text = "oui" }, "#fit"]', event(text="non")),
    ('any = ["#fit", { to = "@nordik.ca" }]', event(people=(BOSS,))),
    ('any = ["#fit", { to = "them" }]', event(people=(PAUL,))),
    ('any = [{ after = "end" }, "#fit"]', event()),
    ('not = { kind = "sent" }', event()),
    ('not = { text = "oui" }', event(text="oui")),
    ('not = { to = "@nordik.ca" }', event()),
    ('not = { to = "them" }', event()),
    ('not = { after = "end" }', event(at=MEETING.end)),
    ('to = "them"\nafter = "end"', event(at=MEETING.end, people=(PAUL,))),
    ('all = [{ to = "them" }, { after = "end" }]', event()),
    ('title = "thank*"\nwith = "@nordik.ca"', event(title="Re: Thank you", answers="theirs")),
    ('after = "end"\nto = "them"', event()),
    ("answers = true", event(answers="an-old-mail@example.org")),
    ("answers = true", event(answers="an-old-mail@Example.Org")),
    ('is = "#fit"', event(tags=("fitting",))),
    ("auto = true", event()),
    ("auto = false", event(auto="reply")),
    ('auto = "reply"', event(auto="bounce")),
    ('auto = [false, "notice"]', event(auto="reply")),
    ("forwards = true", event()),
    ("forwards = false", event(forwards=True)),
    ('of = "nudge"', event("done:1", kind="done", report=Report(key="nudge/n", rule="nudge", anchor="n"))),
    ('of = "nudge"', event("done:1", kind="done", report=Report(key="other/m", rule="other", anchor="m"))),
    ('of = "nudge"', event("done:1", kind="done")),
    ("answers = true", event(answers="theirs", forwards=True)),
    ('title = "thank*"', event(title="Re: Thank you", answers="theirs")),
    ('title = "thank*"', event(title="Thank you", forwards=True)),
    ('words = "thank*"', event(title="Re: Thank you", answers="theirs")),
]
EARLIER = event("m1", thread="t")


def found(fields, *others, more=""):
    """Return the ids of the other events of the case that a rule of these fields looks for."""
    text = f'[define.it-is]\n{fields}\n{more}\n[rule.r]\non = {{ kind = "meeting" }}\ndone_by = ["it-is"]\n'
    text += 'do = { type = "notice", title = "x" }\n'
    rules, _ = load([parse(text + NUDGE, "rules.toml")], WORLD, Surroundings())
    view = CaseView(Case(key="nordik.ca", home=(MEETING, *others)), rules, {})
    rule = rules.rules["r"]
    about = Scope(view, only(MEETING, view), rule)
    return {each.id for each in view.matching(rule.done_by, about, DAY - timedelta(days=1))}


@pytest.mark.parametrize(("fields", "tried"), FITS)
def test_what_a_field_finds(fields, tried):
    assert pattern(fields)(tried, scope(tried, EARLIER))
    assert failed(fields, tried, EARLIER) == ""
    assert tried.id in found(fields, tried, EARLIER)


@pytest.mark.parametrize(("fields", "tried"), MISSES)
def test_what_a_field_does_not_find_and_that_it_says_so(fields, tried):
    assert not pattern(fields)(tried, scope(tried, EARLIER))
    assert failed(fields, tried, EARLIER) == fields.replace(".", " ").split()[0]
    assert tried.id not in found(fields, tried, EARLIER)


UNLIKE = [
    event(f"{kind} {status} {auto} {forwards} {tags}", kind, status=status, auto=auto, forwards=forwards, tags=tags)
    for kind in ("sent", "note")
    for status in ("confirmed", "tentative", "mine", "unanswered", "vanished")
    for auto in ("", "bulk", "reply")
    for forwards in (False, True)
    for tags in ((), ("fit",), ("called",))
]


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ('kind = "sent"', lambda each: each.kind == "sent" and is_usual(each)),
        ('status = "tentative"', lambda each: each.status == "tentative" and not each.auto),
        ('status = ["confirmed", "mine"]', lambda each: each.status in {"confirmed", "mine"} and not each.auto),
        ('status = "unanswered"', lambda each: each.status == "unanswered" and not each.auto),
        (
            'not = { status = "unanswered" }',
            lambda each: each.status not in {"unanswered", "vanished"} and not each.auto,
        ),
        ('not = { status = "mine" }', lambda each: each.status != "mine" and is_usual(each)),
        ("forwards = true", lambda each: each.forwards and is_usual(each)),
        ('tags = "fit"', lambda each: each.tags == ("fit",) and is_usual(each)),
        ('not = { tags = ["fit", "called"] }', lambda each: each.tags == () and is_usual(each)),
        ('auto = "bulk"', lambda each: each.auto == "bulk" and is_certain(each)),
        ("auto = true", lambda each: each.auto != "" and is_certain(each)),
        ('not = { auto = "bulk" }', lambda each: each.auto != "bulk" and is_certain(each)),
        ('auto = [true, false]\nstatus = "vanished"', lambda each: each.status == "vanished"),
    ],
)
def test_of_many_events_that_differ_in_one_thing_those_are_found_that_have_it(fields, fits):
    assert found(fields, *UNLIKE) == {each.id for each in UNLIKE if fits(each)}


def is_certain(each):
    """Tell of an event that is no doubtful meeting: only who names such a status means one."""
    return each.status not in {"unanswered", "vanished"}


def is_usual(each):
    """Tell of an event that is also no mail that no person wrote: only who names such mail means it."""
    return is_certain(each) and not each.auto


def test_a_reply_that_names_no_mail_answers_whoever_wrote_before_in_its_conversation():
    reply = event("mine", title="RE: Your visit")
    hour = timedelta(hours=1)

    def theirs(at, title="Your visit", name="theirs"):
        return event(name, "received", at, organizer=JULIE, title=title)

    assert failed("answers = true", reply, theirs(DAY - hour)) == ""
    assert failed("answers = true", reply, theirs(DAY + hour, name="b"), theirs(DAY - hour, name="a")) == ""
    assert failed("answers = true", reply, theirs(DAY - hour, name="a"), theirs(DAY + hour, name="b")) == ""
    for nobody in [(), [theirs(DAY + hour)], [theirs(DAY)], [theirs(DAY - hour, "Something else")]]:
        assert failed("answers = true", reply, *nobody) == "answers"
    first = event("first", at=DAY - hour, title="Your visit")
    assert failed("answers = true", reply, first) == "answers"
    assert failed("answers = true", event("mine", title="Your visit"), theirs(DAY - hour)) == "answers"


def test_every_field_is_tried_both_ways():
    for cases in (FITS, MISSES):
        assert {fields.replace(".", " ").split()[0] for fields, _ in cases} == set(FIELDS)


@pytest.mark.parametrize(
    ("fields", "few"),
    [
        ("people = { max = 2 }", True),
        ("people = { min = 1, max = 2 }", True),
        ("people = { min = 1 }", False),
        ('kind = "sent"', False),
        ('kind = "sent"\npeople = { max = 2 }', True),
        ("any = [{ people = { max = 2 } }, { people = { max = 3 } }]", True),
        ('any = [{ people = { max = 2 } }, { kind = "sent" }]', False),
        ("not = { people = { max = 2 } }", False),
    ],
)
def test_who_counts_people_says_whether_they_are_few(fields, few):
    assert pattern(fields).few is few


def test_of_several_fields_the_first_that_fails_is_named():
    fields = 'kind = "sent"\ntitle = "merci"\nto = "them"'
    assert failed(fields, event(title="Merci!")) == ""
    assert failed(fields, event(title="Bonjour", people=())) == "title"
    assert failed(fields, event(title="merci", people=())) == "to"


@pytest.mark.parametrize(
    ("word", "title", "found"),
    [
        ("pré-sélection", "Pre selection", True),
        ("preselection", "Présélection téléphonique", True),
        ("presélection", "pré-sélection", False),
        ("merci*", "Remerciements", False),
        ("merci*", "Mercis", True),
        ("merci*", "Merci", True),
        ("merci", "Mercier", False),
        ("entretien d'embauche", "Entretien d’embauche", True),
        ("entretien d'embauche", "entretien\n\td'embauche", True),
        ("entretien d'embauche", "entretien annuel d'embauche", False),
        ("phone screen", "telephone screen", False),
        ("phone screen*", "Phone screening", True),
        ("l'entr*", "pour l’entrevue", True),
        ("on-site", "On site", True),
        ("merci - encore", "Merci encore", True),
        ("merci *", "Merci Julie", True),
        ("merci *", "Merci", False),
        ("cœur", "coeur", True),
        ("coeur", "CŒUR", True),
        ("straße", "STRASSE", True),
        ("İzmir", "izmir", True),
        ("entrevue", "entrevue_finale", True),
        ("c++", "C", True),
        ("5", "étage 5", True),
        ("a.c", "abc", False),
    ],
)
def test_words_are_whole_and_case_accents_and_apostrophes_do_not_matter(word, title, found):
    assert pattern(f'title = "{word}"')(event(title=title), scope()) is found


@given(st.text(max_size=30))
def test_folding_a_folded_text_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.lists(st.from_regex(r"[a-zéèàçœ']{1,8}", fullmatch=True), min_size=1, max_size=5), st.data())
def test_each_run_of_words_of_a_title_is_found_in_it(words, data):
    start = data.draw(st.integers(0, len(words) - 1))
    said = " ".join(words[start : data.draw(st.integers(start + 1, len(words)))])
    if fold(said).strip():
        assert pattern(f'title = "{said}"')(event(title=" ".join(words).upper().replace("'", "’")), scope())


def test_the_day_of_a_note_without_a_time_counts_to_its_end():
    note = event(kind="note", at=datetime(2026, 11, 9, 5, tzinfo=UTC), whole_day=True)
    assert pattern('after = "end"')(note, scope())
    assert not pattern('after = "day + 1 day"')(note, scope())


def test_a_mail_about_a_promise_shares_a_word_with_what_was_noted():
    promise = event(
        "p", "note", tags=("promise",),
        data={"bonus": "the screen printers", "key": "canoe", "rule": "canoe", "for": "canoe"},
    )  # fmt: skip
    is_about = pattern('about = "it"')
    assert is_about(event(title="A printer for your shirts"), scope(anchor=promise))
    assert not is_about(event(title="My canoe"), scope(anchor=promise))


def test_about_a_definition_looks_at_the_other_events_of_the_case():
    more = '[define.promise]\nkind = "note"\ntags = "promise"'
    promise = event("p", "note", tags=("promise",), title="The address of the frisbee shop")
    assert failed('about = "promise"', event(title="Frisbee"), promise, more=more) == ""
    assert failed('about = "promise"', event(title="Canots"), promise, more=more) == "about"
    assert failed('about = "promise"', promise, more=more) == "about"


@pytest.mark.parametrize("fields", ['tags = "{0}"', 'text = "{0}"', 'with = "@{0}.example"'])
def test_about_each_of_two_definitions_looks_at_its_own_events(fields):
    more = "".join(f"[define.{name}]\n{fields.format(name)}\n" for name in "ab")

    def noted(name, title):
        return event(title, "note", title=title, tags=(name,), text=name, people=(Person(f"x@{name}.example"),))

    case = noted("a", "Canoe"), noted("b", "Lift"), event("mail", title="Your canoe")
    assert "mail" in found('about = "a"', *case, more=more)
    assert "mail" not in found('about = "b"', *case, more=more)
    assert "mail" not in found('all = [{ about = "a" }, { about = "b" }]', *case, more=more)


def test_about_a_definition_that_speaks_of_the_anchor_looks_at_what_it_finds_for_it():
    more = '[define.told]\nto = "them"\nafter = "end"\nkind = "sent"'
    told = event("told", at=MEETING.end, title="The address of the frisbee shop")
    assert failed('about = "told"', event(title="Frisbee"), told, more=more) == ""
    assert failed('about = "told"', event(title="Canoe"), told, more=more) == "about"
    assert failed('about = "told"', told, more=more) == "about"
    assert failed('about = "told"', event(title="Frisbee"), event("told", title="Frisbee"), more=more) == "about"
    stranger = event("told", at=MEETING.end, title="Frisbee", people=(BOSS,))
    assert failed('about = "told"', event(title="Frisbee"), stranger, more=more) == "about"


def test_a_definition_may_name_others_before_they_stand():
    more = '[define.a]\nany = ["b", "#fit"]\n[define]\nb = "#called"'
    assert failed('is = "a"', event(kind="note", tags=("called",)), more=more) == ""
    assert failed('is = "a"', event(kind="note"), more=more) == "is"


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ('title = "x"', None),
        ('kind = ["sent", "note"]', {"sent", "note"}),
        ('to = "them"', {"sent"}),
        ('with = "them"', None),
        ('tags = "fit"', {"note"}),
        ('is = "#fit"', {"note"}),
        ('kind = "meeting"\ntags = "interview"', {"meeting"}),
        ('kind = "meeting"\nany = ["#interview", { title = "x" }]', {"meeting"}),
        ('any = ["#fit", { kind = "sent" }]', {"note", "sent"}),
        ('any = ["#fit", { title = "x" }]', None),
        ('all = ["#fit", { kind = ["note", "sent"] }]', {"note", "sent"}),
        ('all = [{ kind = ["note", "sent"] }, { kind = ["sent", "done"] }]', {"sent"}),
        ('not = { kind = "sent" }', None),
        ('kind = "sent"\nnot = { kind = "note" }', {"sent"}),
        ('is = "b"', {"received"}),
        ('about = "b"', None),
    ],
)
def test_which_kinds_of_events_a_pattern_looks_for(fields, kinds):
    assert pattern(fields, '[define.b]\nkind = "received"').kinds == kinds


@pytest.mark.parametrize(
    ("fields", "relative"),
    [
        ('to = "them"', True),
        ('to = "outside"', False),
        ('from = ["x@y.z", "them"]', True),
        ('same = "thread"', True),
        ('first = "thread"', False),
        ('about = "it"', True),
        ('about = "relative"', True),
        ('about = "#fit"', False),
        ('after = "end"', True),
        ('is = "relative"', True),
        ('not = "relative"', True),
        ('any = ["#fit", { all = ["relative"] }]', True),
        ("answers = true", False),
    ],
)
def test_which_patterns_speak_of_an_anchor(fields, relative):
    assert pattern(fields, '[define.relative]\nwith = "them"').relative is relative


@pytest.mark.parametrize(
    ("fields", "dated"),
    [
        ('after = "day"', True),
        ('before = "day"', False),
        ('is = "late"', True),
        ('any = ["late", "#fit"]', False),
        ('any = ["late", { after = "day" }]', True),
        ('all = ["late", "#fit"]', True),
        ('not = "late"', False),
    ],
)
def test_which_patterns_say_themselves_from_when_on_events_count(fields, dated):
    assert pattern(fields, '[define.late]\nafter = "end + 1 day"').dated is dated


def test_a_check_that_fails_is_no_answer_in_either_direction():
    for fields in ('check = "explodes"', 'not = { check = "explodes" }'):
        with pytest.raises(CheckFailed, match="'explodes' of a plugin failed: RuntimeError: no battery"):
            pattern(fields)(event(), scope())


@pytest.mark.parametrize(
    ("fields", "code", "says", "hint"),
    [
        ('kin = "sent"', "F010", "unknown key 'kin' in [define.it-is]", '"kind"'),
        ("kind = 5", "F011", "'kind' must be a text in quotes, not 5", ""),
        ("kind = []", "F013", "'kind' is empty", "delete the line"),
        ("tags = []", "F013", "'tags' is empty", ""),
        ('tags = "#"', "F011", "'#' is no tag", "one word"),
        ('is = "#two words"', "F011", "is no tag", "one word"),
        ('is = "interveiw"', "F012", "unknown definition 'interveiw'", '"interview"'),
        ("is = { }", "F013", "'is' is empty", ""),
        ("title = 5", "F011", "'title' must be", ""),
        ('title = ""', "F013", "empty word", ""),
        ('title = ["merci", "—"]', "F013", "empty word", ""),
        ('title = "inter*view"', "F011", "end of a word", "thank*"),
        ('to = "Julie"', "F015", "neither an address nor a domain", '"them"'),
        ('to = "thm"', "F015", "neither an address", 'did you mean "them"?'),
        ('to = "services"', "F015", "neither an address", '"outside"'),
        ('to = "@"', "F015", "neither an address", "@domain"),
        ('to = "Julie <julie@nordik.ca>"', "F015", "neither an address", "name@domain"),
        ('to = ""', "F015", "neither an address", "name@domain"),
        ('status = "declinde"', "F012", "unknown status 'declinde'", '"declined"'),
        ('answers = "yes"', "F011", "true or false", ""),
        ("auto = 5", "F011", "'auto' must be true or false or a text in quotes, not 5", ""),
        ('auto = [true, "robot"]', "F012", "unknown auto 'robot'", "bounce, bulk"),
        ('first = "message"', "F012", "unknown first", "thread"),
        ('same = "case"', "F012", "unknown same", "thread"),
        ('about = "promis"', "F012", "unknown definition", '"promise"'),
        ("people = 2", "F011", "a table { ... }", ""),
        ("people = { }", "F013", "'people' is empty", ""),
        ("people = { least = 2 }", "F010", "unknown key 'least'", "max, min"),
        ('people = { min = "2" }', "F011", "a whole number", ""),
        ("people = { min = true }", "F011", "a whole number", ""),
        ("people = { min = 3, max = 2 }", "F012", "nothing lies between 3 and 2", "min = 2, max = 3"),
        ('after = "end + 1 dya"', "F014", "'dya' is not a unit", '"days"'),
        ('after = "interveiw.due"', "F012", "unknown definition 'interveiw'", '"interview"'),
        ('after = "follow-up-call"', "F012", "neither a rule", ""),
        ("after = []", "F013", "'after' is empty", ""),
        ("data = { }", "F013", "'data' is empty", ""),
        ("data.x = [1]", "F011", "'x' must be a text, a number", ""),
        ("data.x = 2026-11-09", "F011", "'x' must be a text, a number", ""),
        ('check = "shrot"', "F012", "unknown check 'shrot'", '"short"'),
        ('any = "interview"', "F011", "a list [ ... ]", ""),
        ("any = []", "F013", "'any' is empty", ""),
        ("any = [{}]", "F013", "match everything", ""),
        ("words = 5", "F011", "'words' must be a text", '"5"'),
        ("text = 5", "F011", "'text' must be a text", '"5"'),
        ("all = [5]", "F011", "'all' must be a text in quotes or a table", ""),
        ('not = ["interview"]', "F011", "a text in quotes or a table", ""),
        ("", "F013", "match everything", "which kind"),
    ],
)
def test_one_mistake_is_one_problem_with_its_place(fields, code, says, hint):
    more = '[define.interview]\nkind = "meeting"\n[define]\npromise = "#promise"'
    found, (problem,) = compiled(f"[define.it-is]\n{fields}\n{more}")
    assert found is None or "after" in fields
    assert (problem.code, problem.file, problem.where) == (code, "rules.toml", "define.it-is")
    assert problem.line == (2 if fields else 1)
    assert says in problem.message
    assert hint in problem.hint
    assert unfilled(problem.message) == unfilled(problem.hint) == []


def test_all_mistakes_of_a_pattern_are_told_at_once():
    _, problems = compiled('[define.it-is]\nkin = "sent"\nto = ["x", "y"]\nany = [{ title = "" }, { kind = 1 }]')
    assert [problem.code for problem in problems] == ["F010", "F015", "F015", "F013", "F011"]
    assert [problem.line for problem in problems] == [2, 3, 3, 4, 4]


def test_definitions_in_a_circle_are_one_problem():
    found, (problem,) = compiled('[define.it-is]\nis = "b"\n[define.b]\nnot = "c"\n[define.c]\nany = ["it-is"]')
    assert found is None
    assert problem.code == "F017"
    assert "definitions in a cycle" in problem.message
    assert {"it-is", "b", "c"} <= set(problem.message.replace(" -> ", " ").split())


def test_a_definition_that_uses_a_faulty_one_adds_no_problem():
    found, problems = compiled('[define.it-is]\nis = "b"\n[define.b]\nis = "c"\n[define.c]\nkind = 5')
    assert found is None
    assert [problem.where for problem in problems] == ["define.c"]


def test_events_are_not_changed_by_looking_at_them():
    tried = event(data={"bonus": "x"})
    before = msgspec.structs.asdict(tried)
    pattern('data.bonus = "x"\nwords = "y"')(tried, scope())
    assert msgspec.structs.asdict(tried) == before


@pytest.mark.parametrize(
    ("fields", "marked"),
    [
        ('kin = "sent"', "kin"),
        ("kind = 5", "5"),
        ("kind = []", "kind"),
        ("tags = []", "tags"),
        ('tags = "#"', '"#"'),
        ('is = "#two words"', '"#two words"'),
        ('is = "interveiw"', '"interveiw"'),
        ("is = { }", "is"),
        ("title = 5", "5"),
        ('title = ""', '""'),
        ('title = ["merci", "—"]', '"—"'),
        ('title = "inter*view"', "inter*view"),
        ('to = "Julie"', '"Julie"'),
        ('to = "thm"', '"thm"'),
        ('to = "services"', '"services"'),
        ('to = "@"', '"@"'),
        ('to = "Julie <julie@nordik.ca>"', '"Julie <julie@nordik.ca>"'),
        ('to = ""', '""'),
        ('status = "declinde"', '"declinde"'),
        ('answers = "yes"', '"yes"'),
        ("auto = 5", "5"),
        ('auto = [true, "robot"]', '"robot"'),
        ('first = "message"', '"message"'),
        ('same = "case"', '"case"'),
        ('about = "promis"', '"promis"'),
        ("people = 2", "2"),
        ("people = { }", "people"),
        ("people = { least = 2 }", "least"),
        ('people = { min = "2" }', '"2"'),
        ("people = { min = true }", "true"),
        ("people = { min = 3, max = 2 }", "{ min = 3, max = 2 }"),
        ('after = "end + 1 dya"', "dya"),
        ('after = "interveiw.due"', "interveiw"),
        ('after = "follow-up-call"', "follow-up-call"),
        ("after = []", "after"),
        ("data = { }", "data"),
        ("data.x = [1]", "[1]"),
        ("data.x = 2026-11-09", "2026-11-09"),
        ('check = "shrot"', '"shrot"'),
        ('any = "interview"', '"interview"'),
        ("any = []", "any"),
        ("any = [{}]", "{}"),
        ("all = [5]", "5"),
        ('not = ["interview"]', '["interview"]'),
    ],
)
def test_the_very_words_of_a_mistake_are_marked(fields, marked):
    _, (problem,) = compiled(f"[define.it-is]\n{fields}\n[define.interview]\nkind = 'meeting'")
    assert problem.source_line[problem.column - 1 :][: problem.length] == marked
