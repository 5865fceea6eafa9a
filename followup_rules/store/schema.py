"""The tables of the store by version. A store of an earlier version is brought up to date, after a copy was made."""

_FIRST = """
create table meta (name text primary key, value text not null) without rowid;
create table source (name text primary key, cursor text not null, pulled text not null, failing text) without rowid;
create table event (
  source text not null, id text not null, start text not null, body text not null, gone text, listed text,
  primary key (source, id)) without rowid;
create index event_id on event (id);
create table token (token text not null, id text not null, primary key (token, id)) without rowid;
create index token_id on token (id);
create table place (id text primary key, home text not null, problem text not null) without rowid;
create index place_home on place (home);
create table joined (id text not null, "case" text not null, primary key (id, "case")) without rowid;
create index joined_case on joined ("case");
create table "case" (key text primary key, next text, stale integer not null) without rowid;
create index case_next on "case" (stale, next);
create table decision (
  key text primary key, "case" text not null, rule text not null, anchor text not null, state text not null,
  evidence text not null, next text, late integer not null) without rowid;
create index decision_case on decision ("case");
create table ledger (
  key text not null, output text not null, duty text not null, "case" text not null, state text not null,
  body text not null, primary key (key, output)) without rowid;
create index ledger_case on ledger ("case");
create index ledger_state on ledger (state);
create table pin (key text primary key, "case" text not null, at text not null) without rowid;
create table journal (
  number integer primary key, at text not null, "case" text not null, key text not null, state text not null,
  why text not null);
create index journal_case on journal ("case");
"""

# What was one table of texts, each read back in its own way, becomes a record, tombstones and columns. Bodies were kept
# as bytes, which SQLite's functions for JSON take in some versions only.
_TYPED_STATE = """
update event set body = cast(body as text);
update ledger set body = cast(body as text);
create table state (one integer primary key check (one = 1), body text not null);
insert into state values (1, json_object(
  'first_run', (select value from meta where name = 'first run'),
  'last_run', (select value from meta where name = 'last run')));
create table tombstone (hash text primary key, at text not null) without rowid;
insert into tombstone select substr(name, 11), value from meta where name like 'forgotten %';
create table salt (value text not null);
insert into salt select value from meta where name = 'salt';
create table parted (hash text primary key) without rowid;
insert into parted select substr(name, 8) from meta where name like 'parted %' and value != '';
alter table source add column wait text;
drop table meta;
create temp table known as
  select id, min(json_extract(body, '$.kind')) || char(31) || id as identity from event group by id;
update event set id = json_extract(body, '$.kind') || char(31) || id;
update token set id = (select identity from known where known.id = token.id)
  where id in (select id from known);
update place set id = (select identity from known where known.id = place.id)
  where id in (select id from known);
update joined set id = (select identity from known where known.id = joined.id)
  where id in (select id from known);
drop table known;
create index event_bare on event (substr(id, instr(id, char(31)) + 1));
"""

# Which meetings notes are about; and entries are tied to headings by more than before: the ties are found anew.
_SUBJECTS = """
create table subject (note text not null, day text not null, event text not null, primary key (note, day, event))
  without rowid;
create index subject_event on subject (event);
delete from token;
"""

# What a source doubts (an emptied file of notes) since when, and what the user has been told of entries.
_DOUBTS = """
alter table source add column doubt text not null default '';
alter table source add column doubted text;
create table told (source text not null, hash text not null, primary key (source, hash)) without rowid;
"""

# How a meeting went from a calendar, when one was cancelled, and whose unanswered invitations count.
_WHAT_BECAME_OF_MEETINGS = """
alter table event add column past_unlisted integer not null default 0;
alter table event add column planned text;
alter table event add column called_off text;
alter table event add column organizer text;
alter table event add column answered integer not null default 1;
create index event_unanswered on event (id) where answered = 0;
create table acquainted (id text primary key) without rowid;
"""

# On which day a meeting counts, as long as it begins at that instant, whatever the zone of today.
_DAYS = """
create table kept_day (event text primary key, start text not null, day text not null) without rowid;
"""

# What was over stays over, though mail and notes are read otherwise now: done, missed, or ended by a note. Invitations
# that the user was helped with go on counting. Notes without a date, which their ids tell, are told from others since
# version 3. And all is judged anew.
_SETTLED = """
update event set body = cast(body as text) where typeof(body) = 'blob';
update ledger set body = cast(body as text) where typeof(body) = 'blob';
create table settled (
  key text primary key, "case" text not null, anchor text not null, state text not null, why text not null,
  kept integer not null default 0) without rowid;
create index settled_case on settled ("case");
insert into settled (key, "case", anchor, state, why)
  select key, "case", anchor, state, coalesce((
    select why from journal where journal.key = decision.key order by number desc limit 1), '')
  from decision where state in ('done', 'expired') or state = 'void' and exists (
    select 1 from json_each(evidence) join event on event.id = 'note' || char(31) || value);
update event set body = json_set(body, '$.undated', json('true'))
  where id > 'note' || char(31) and id < 'note' || char(32) and instr(id, '::') > 0;
alter table acquainted add column helped integer not null default 0;
insert or replace into acquainted
  select distinct event.id, 1 from decision join ledger on ledger.duty = decision.key
    join event on event.id = 'meeting' || char(31) || decision.anchor
  where ledger.state in ('delivered', 'ending', 'ended') and json_extract(ledger.body, '$.action.type') != 'notice';
update "case" set stale = 1;
update state set body = json_remove(body, '$.fingerprint', '$.sight', '$.sound');
"""

# By which identity a source shows an event that is kept by another: some calendars rename all entries at each export.
_NAMES = """
alter table event add column shown text;
"""

# What was over stays over, whatever is read otherwise now; and all is judged anew.
_STAYS_OVER = """
insert or ignore into settled (key, "case", anchor, state, why)
  select key, "case", anchor, state, coalesce((
    select why from journal where journal.key = decision.key order by number desc limit 1), '')
  from decision where state in ('done', 'expired') or state = 'void' and exists (
    select 1 from json_each(evidence) join event on event.id = 'note' || char(31) || value);
"""
_JUDGED_ANEW = """
update "case" set stale = 1;
update state set body = json_remove(body, '$.fingerprint', '$.sight', '$.sound');
"""

# Further actions of a list were keyed `KEY+2`, and any of them ended the whole duty; a mail was about each note with
# which it shares a word, not only about those with which it shares the most: what was over stays over. Also, by which
# subjects mails of mine were drafts that nobody had made. And all is placed and judged anew.
_ACTIONS_OF_THEIR_OWN = (
    """
create table sent_as (name text primary key, "case" text not null, subject text not null) without rowid;
create index sent_as_case on sent_as ("case");
"""
    + _STAYS_OVER
    + """
update or ignore ledger set key = duty || '#' || substr(key, length(duty) + 2),
    body = json_set(body, '$.key', duty || '#' || substr(key, length(duty) + 2),
                    '$.action.key', duty || '#' || substr(key, length(duty) + 2))
  where substr(key, 1, length(duty) + 1) = duty || '+';
"""
    + _JUDGED_ANEW
)

# What was gone through at every run, or for every duty that has just been missed.
_LOOKED_UP = """
create index if not exists journal_key on journal (key, state);
create index if not exists place_astray on place (id) where problem != '';
create index if not exists event_shown on event (source, id) where shown is not null;
"""

# By which names cases were known before, each until a run found another one.
_EARLIER_NAMES = """
create table earlier_name ("case" text not null, name text not null, until text not null, primary key ("case", name))
  without rowid;
"""

# Mail, notes and calendars are read otherwise.
_READ_OTHERWISE = _STAYS_OVER + _JUDGED_ANEW

MIGRATIONS: tuple[str, ...] = (
    _FIRST,
    _TYPED_STATE,
    _DOUBTS,
    _SUBJECTS,
    _WHAT_BECAME_OF_MEETINGS,
    _DAYS,
    _NAMES,
    _SETTLED,
    _ACTIONS_OF_THEIR_OWN,
    _LOOKED_UP,
    _EARLIER_NAMES,
    _READ_OTHERWISE,
)
"""The n-th script leads from version n to version n + 1."""
VERSION = len(MIGRATIONS)
