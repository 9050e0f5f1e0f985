"""A roster in the chat: a file or pasted lines become rows in the draft, or every bad row is said.

What the list itself leaves open is asked once: from which school the children come, and whether a spreadsheet has
swapped day and month of birth dates.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from handlers.cohorts.roster_words import (
    ages_words,
    bad_words,
    columns_words,
    file_words,
    passed_words,
    row_words,
    turned_words,
)
from handlers.ui.dialog import Screen, Talk, forget
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import Button, Keyboard, Reply, Request, Say, SendFile, button, reply, rows
from handlers.ui.words import _, clip, esc, more, ngettext, plain_date_words, shorten
from sop_flows.actions.cohorts.cohorts import SCHOOL_MAX_CHARACTERS, clean_schools
from sop_flows.actions.cohorts.roster import (
    Roster,
    RosterRow,
    from_draft,
    one_spelling,
    read_file,
    read_lines,
    to_draft,
    turned,
)
from sop_flows.actions.cohorts.roster_sheets import RosterError
from sop_flows.limits import MAX_CHILDREN

BAD_ROWS_SHOWN = 40  # in one message; the rest is counted
SCHOOLS_OFFERED = 6
SCHOOL = "of_school"  # key of the draft: where the children come from whose list does not say it
TURNED = "turned"  # key: whether day and month are swapped where that is asked
TEMPLATE = "daftar-anak.xlsx"


def ask_words() -> str:
    """How to send a roster."""
    return _(
        "Send the list of children: an Excel (.xlsx) or CSV file, or paste lines here. The school's own file will do.\n"
        "Columns: {columns} (* required).\n"
        "Pasted: one child a line, parted by semicolons, for example\n"
        "<code>Anak Contoh; L; SDN 1 Contoh</code>"
    ).format(columns=esc(columns_words()))


def template_button() -> Button:
    """[Contoh berkas]: an empty list to fill in."""
    return button(_("File to fill in"), "roster_template")


def on_template(_request: Request) -> Reply:
    """The empty list, as a file that may leave the phone."""
    caption = _("Fill in one child a row and send the file back here.")
    return reply(SendFile("roster", {}, caption, TEMPLATE, photo=False, protect=False))


def rows_of(draft: dict[str, Any]) -> tuple[RosterRow, ...]:
    """The rows read so far, with what was answered about all of them."""
    found = from_draft(draft.get("rows") or [])
    if draft.get(TURNED):
        found = turned(found)
    if school := draft.get(SCHOOL):
        found = tuple(row if row.school else replace(row, school=school) for row in found)
    return found


def is_sent(request: Request) -> bool:
    """Whether this is a list of children: a file, or lines one of which is a child."""
    if request.kind in ("document", "photo"):
        return True
    text = request.text or ""
    if request.kind != "text" or not any(sign in text for sign in ";\t,|"):
        return False
    try:
        return bool(read_lines(text, request.today).rows)
    except RosterError:
        return False


def is_list(content: bytes, today: date) -> bool:
    """Whether a file is a list of children, be it with bad rows."""
    try:
        found = read_file(content, today)
    except RosterError:
        return False
    return bool(found.rows or found.bad)


def read_sent(request: Request, draft: dict[str, Any], keyboard: Keyboard) -> Reply | Roster:
    """Read what was sent into `draft`; the sentence that asks again when it could not be taken.

    A file takes the place of what was sent before; pasted lines are added to it. Of a message with a bad row
    nothing is taken.
    """
    if request.download_failed:
        return reply(Say(_("The file did not arrive. Please send it once more."), keyboard))
    try:
        if request.file is not None:
            if request.file.photo:
                return reply(Say(_("I can not read a photo of the list. Send it as Excel or CSV."), keyboard))
            roster = read_file(request.file.content, request.today)
            before: tuple[RosterRow, ...] = ()
        elif request.kind == "text":
            before = rows_of(draft)
            roster = read_lines(request.text or "", request.today, first_row=len(before) + 1)
        else:
            return reply(Say(ask_words(), keyboard))
    except RosterError as error:
        return reply(
            Say(file_words_escaped(error) + "\n\n" + _("Nothing has been stored."), keyboard),
            *forget(request),
        )
    if roster.bad:
        return reply(Say(bad_text(roster), keyboard, protect=True), *forget(request))
    if len(before) + len(roster.rows) > MAX_CHILDREN:
        said = _("That would be more than {count} children.").format(count=MAX_CHILDREN)
        return reply(Say(said, keyboard), *forget(request))
    for answered in (SCHOOL, TURNED):  # about the rows of before, which carry the answers now
        draft.pop(answered, None)
    settled = tuple(replace(row, turned_on=None) for row in before)
    draft["rows"] = to_draft((*settled, *roster.rows))
    draft["not_taken"] = [shorten(line, 400) for line in passed_words(roster)]
    draft["title"] = roster.title[:SCHOOL_MAX_CHARACTERS]
    return replace(roster, rows=(*settled, *roster.rows))


def asks_school(talk: Talk) -> bool:
    """Whether it has to be asked from which school the children come."""
    return SCHOOL not in talk.draft and any(not row["school"] for row in talk.draft.get("rows") or [])


def asks_turned(talk: Talk) -> bool:
    """Whether it has to be asked about day and month of birth dates."""
    return TURNED not in talk.draft and any(row.get("turned_on") for row in talk.draft.get("rows") or [])


def school_question(draft: dict[str, Any], known: list[str], verb: str) -> Screen:
    """From which school? Those that are known are offered."""
    count = sum(not row["school"] for row in draft["rows"])
    text = ngettext(
        "The list does not say from which school the {count} child comes. Which one? Tap, or type it.",
        "The list does not say from which school the {count} children come. Which one? Tap, or type it.",
        count,
    ).format(count=count)
    buttons = [
        button(shorten(name, 24), verb, place) for place, name in enumerate(offered_schools(draft, known))
    ]
    return text, rows(buttons)


def offered_schools(draft: dict[str, Any], known: list[str]) -> list[str]:
    """What the list may mean: the school above it, then those of the angkatan."""
    return list(dict.fromkeys(name for name in (draft.get("title"), *known) if name))[:SCHOOLS_OFFERED]


def school_said(request: Request) -> str:
    """The typed words as one school. Raises NotAnAnswerError."""
    found = clean_schools(request.text or "", between="\n;")
    if len(found) != 1:
        raise NotAnAnswerError(_("Type the name of the one school all of them come from."))
    return found[0]


def turned_question(draft: dict[str, Any], verb: str) -> Screen:
    """Day first, or month first?"""
    odd = [row for row in from_draft(draft["rows"]) if row.turned_on is not None and row.born_on is not None]
    first = odd[0]
    assert first.born_on is not None
    assert first.turned_on is not None
    days = (
        button(plain_date_words(first.born_on), verb, 0),
        button(plain_date_words(first.turned_on), verb, 1),
    )
    return turned_words(odd), (days,)


def not_taken(draft: dict[str, Any]) -> list[str]:
    """What of the file was not read (HTML)."""
    before = draft.get("ignored")  # of a draft of an earlier version
    lines = draft.get("not_taken") or (
        [_("Columns not read: {columns}").format(columns=", ".join(before))] if before else []
    )
    return [esc(line) for line in lines]


def file_words_escaped(error: RosterError) -> str:
    """Why nothing could be read, safe in HTML: sheets carry names that people typed."""
    return esc(file_words(error))


def bad_text(roster: Roster) -> str:
    """Every bad row with its number and reason."""
    shown = [esc(row_words(bad)) for bad in roster.bad[:BAD_ROWS_SHOWN]]
    left = len(roster.bad) - len(shown)
    if left:
        shown.append(ngettext("… and {count} more row", "… and {count} more rows", left).format(count=left))
    body = "\n".join(shown) if len(shown) <= 8 else more(*shown)
    end = _("Nothing has been stored. Mend the rows and send the whole list again.")
    return clip(f"{bad_words(roster)}\n{body}\n\n{end}")


def children_words(request: Request, rows: tuple[RosterRow, ...]) -> str:
    """ "60 anak: 31 laki-laki, 29 perempuan", and below it how old they are."""
    boys = sum(1 for row in rows if row.sex == "L")
    count = ngettext("{count} child", "{count} children", len(rows)).format(count=len(rows))
    said = _("{children}: {boys} boys, {girls} girls").format(
        children=count, boys=boys, girls=len(rows) - boys
    )
    return "\n".join(filter(None, (said, ages_words(rows, request.today))))


def schools_words(rows: tuple[RosterRow, ...], named: list[str]) -> str:
    """ "2 sekolah: SDN 1 (12), SDN 3 (9)" (escaped)."""
    counts = dict.fromkeys(named, 0)
    for row in one_spelling(rows, named):
        counts[row.school] = counts.get(row.school, 0) + 1
    listed = ", ".join(f"{name} ({count})" if rows else name for name, count in counts.items())
    head = ngettext("{count} school", "{count} schools", len(counts)).format(count=len(counts))
    return esc(shorten(f"{head}: {listed}" if listed else head, 900))
