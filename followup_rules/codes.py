"""The codes of problems: each has a page in docs/problems.md, and stands nowhere else in the code.

A code never changes its meaning and is never given again, since people search for it. The tens tell where it belongs:
F00x files, F01x and F02x what stands in config and rules, F03x texts, F04x sources, outputs and the store, F05x
plugins, F06x the health of it all, F07x what has become another, F08x copies of the store and what was there before,
F11x examples, F12x, F13x, F16x and F176 to F179 rules that can be read and are wrong nevertheless, F14x schedules, F171
outputs that hold what nobody knows. F085, F095 and F105 were given before that order.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code such as `F012`, which is its value, and what is the matter, which is the title of its page."""

    meaning: str

    def __new__(cls, code: str, meaning: str) -> Self:
        """Keep the meaning beside the value, which alone is compared, stored and printed."""
        self = str.__new__(cls, code)
        self._value_ = code
        self.meaning = meaning
        return self

    NOT_TOML = "F001", "A file that cannot be understood"
    NOT_OPENED = "F002", "A file that cannot be opened"
    UNKNOWN_KEY = "F010", "A key that does not exist"
    WRONG_SORT = "F011", "A value of the wrong sort"
    UNKNOWN_NAME = "F012", "A name that nobody knows"
    MISSING = "F013", "Something is missing"
    NO_SUCH_TIME = "F014", "A time that cannot be understood"
    NO_ADDRESS = "F015", "A person that is no address"
    RELATIVE_START = "F016", "A start that already needs a start"
    TIMES_IN_A_CYCLE = "F017", "Times that wait for each other"
    NEVER = "F018", "A time that can never be told"
    NO_OUTPUT = "F019", "Nobody makes this"
    UNKNOWN_VARIABLE = "F020", "A path with an unknown variable"
    SHADOWED = "F021", "A table under the name of an earlier one"
    OTHER_LANGUAGE = "F022", "Rules written for another version"
    FAULTY_TEXT = "F030", "A text with a fault in it"
    UNUSABLE = "F040", "A source or an output that cannot be used"
    NOT_WRITTEN = "F041", "Something that could not be written"
    UNKNOWN_TAG = "F042", "A tag that no rule knows"
    UNREADABLE_ENTRY = "F043", "One entry that cannot be read"
    NO_CASE = "F044", "A heading that fits no case"
    NO_WORKDAY = "F045", "A date that is no working day"
    STORE = "F046", "The memory cannot be used"
    UNSEEN_KIND = "F047", "A rule that looks for what nothing shows"
    FAILING_CHECK = "F048", "A plugin's test that fails"
    TIMED_OUT = "F049", "Something that does not answer in time"
    NAME_CLASH = "F050", "Two plugins in each other's way"
    DAMAGED_PACKAGE = "F051", "A package that cannot be looked at"
    NO_COMMANDS = "F052", "A plugin whose commands are missing"
    NO_LOGIN = "F053", "A login that did not work"
    NO_DUTY = "F054", "A note about nothing that there is"
    RUNS_STOPPED = "F060", "Runs that have stopped"
    EXPOSED = "F061", "Files that others may read"
    DISAGREEMENT = "F062", "Decisions that do not agree"
    CLOCK_SET_BACK = "F063", "A clock that was set back"
    ENDLESS_RUN = "F064", "A run that does not end"
    SURROUNDINGS = "F065", "Something around it that needs a look"
    SILENT_SOURCE = "F066", "A source that shows nothing new"
    TABLE_CHANGED = "F070", "A source or an output that is another one now"
    UPGRADED = "F071", "A newer followup that reads otherwise"
    SECRET_IN_CONFIG = "F072", "A secret address in the config"
    PARTLY_UNREAD = "F076", "A part of a source that cannot be read"
    PLACE_UNSEEN = "F077", "A draft or a task that cannot be seen"
    COPY_NOT_MADE = "F080", "A copy of the store that was not made"
    COPY_NOT_USED = "F081", "A copy of the store that cannot be put back"
    TAKEN_OVER = "F082", "Something that was there already"
    PERHAPS_AGAIN = "F083", "Something that may have been made before"
    SYNCED_STORE = "F084", "A store in a synchronized folder"
    EACH_OF_MANY = "F085", "A duty for each of many people"
    NO_ID = "F095", "Actions without an id"
    UNMOVED = "F105", "A date that moves nothing"
    NOT_PLAYED = "F110", "An example that cannot be played"
    NEVER_MATCHES = "F120", "A pattern that nothing can match"
    NO_WINDOW = "F121", "A time that comes too early or too late"
    ALWAYS_HELD = "F122", "An action that is held until it is too late"
    ENDLESS_CONTACT = "F123", "A contact that nothing ends"
    NOT_GIVEN = "F124", "A value that nothing gives"
    PROBABLE_SLIP = "F125", "A word that looks misspelt"
    UNUSED = "F126", "A definition that nothing uses"
    OWN_END = "F127", "A rule that only its own start could end"
    ANNOUNCED_AMISS = "F128", "A call that is announced amiss"
    NO_THREAD = "F129", "A reply to what has no thread"
    NOBODY = "F130", "A draft to nobody"
    UNCOVERED = "F131", "A year whose holidays are not known"
    NOT_SCHEDULED = "F140", "Runs that could not be put on a schedule"
    OWED_TILL_NEXT = "F160", "A contact by the clock that nothing ends before the next"
    FAR_YEAR = "F161", "A series that is counted from another time"
    NO_DAY = "F162", "A note that does not say the day"
    COPIED = "F163", "A rule that is another one over again"
    NOT_SHOWN = "F164", "Something that no text shows"
    ONE_PHRASE = "F165", "A list that is written as one phrase"
    UNKNOWN_HERE = "F171", "Something that nobody knows any more"
    SHORT_WINDOW = "F176", "A window that runs may miss"
    NOTICE_TO = "F177", "An address that nothing is sent to"
    TWICE = "F178", "A word that is listed twice"
    HELD_BY_NONE = "F179", "A guard that holds nothing of it anyway"
