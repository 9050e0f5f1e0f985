"""A roster in the chat: a file or pasted lines become rows in the draft, or every bad row is said."""

from typing import Any

from handlers.cohorts.roster_words import bad_words, columns_words, file_words, row_words
from handlers.ui.dialog import forget
from handlers.ui.markup import clip, esc, more, shorten
from handlers.ui.reply import Keyboard, Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.texts import _, ngettext
from sop_flows.actions.cohorts.roster import Roster, RosterRow, from_draft, read_file, read_lines, to_draft
from sop_flows.actions.cohorts.roster_sheets import RosterError
from sop_flows.limits import MAX_CHILDREN

BAD_ROWS_SHOWN = 40  # in one message; the rest is counted
IGNORED_SHOWN = 8


def ask_words() -> str:
    """How to send a roster."""
    return _(
        "Send the list of children: an Excel (.xlsx) or CSV file, or paste lines here.\n"
        "Columns: {columns} (* required).\n"
        "Pasted: one child a line, parted by semicolons, for example\n"
        "<code>Anak Contoh; L; SDN 1 Contoh</code>"
    ).format(columns=esc(columns_words()))


def rows_of(draft: dict[str, Any]) -> tuple[RosterRow, ...]:
    """The rows read so far."""
    return from_draft(draft.get("rows") or [])


def read_sent(request: Request, draft: dict[str, Any], keyboard: Keyboard) -> Reply | Roster:
    """Read what was sent into `draft`; the sentence that asks again when it could not be taken.

    A file takes the place of what was sent before; pasted lines are added to it. Of a message with a bad row
    nothing is taken.
    """
    if request.download_failed:
        return reply(Say(_("The file did not arrive. Please send it once more."), keyboard))
    today = request.institution.today(request.now)
    try:
        if request.file is not None:
            if request.file.photo:
                return reply(Say(_("I can not read a photo of the list. Send it as Excel or CSV."), keyboard))
            roster = read_file(request.file.content, today)
            before: tuple[RosterRow, ...] = ()
        elif request.kind == "text":
            before = rows_of(draft)
            roster = read_lines(request.text or "", today, first_row=len(before) + 1)
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
    draft["rows"] = to_draft((*before, *roster.rows))
    draft["ignored"] = [shorten(word, 20) for word in roster.ignored[:IGNORED_SHOWN]]
    return Roster((*before, *roster.rows), (), roster.ignored)


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


def children_words(rows: tuple[RosterRow, ...]) -> str:
    """ "60 anak: 31 laki-laki, 29 perempuan"."""
    boys = sum(1 for row in rows if row.sex == "L")
    count = ngettext("{count} child", "{count} children", len(rows)).format(count=len(rows))
    return _("{children}: {boys} boys, {girls} girls").format(
        children=count, boys=boys, girls=len(rows) - boys
    )


def schools_words(rows: tuple[RosterRow, ...], named: list[str]) -> str:
    """ "2 sekolah: SDN 1 (12), SDN 3 (9)" (escaped)."""
    counts = dict.fromkeys(named, 0)
    for row in rows:
        counts[row.school] = counts.get(row.school, 0) + 1
    listed = ", ".join(f"{name} ({count})" if rows else name for name, count in counts.items())
    head = ngettext("{count} school", "{count} schools", len(counts)).format(count=len(counts))
    return esc(shorten(f"{head}: {listed}" if listed else head, 900))
