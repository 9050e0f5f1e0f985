"""What is wrong with a roster, in sentences; the same in the chat and on the command line (plain text)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from handlers.ui.words import _, ngettext, plain_date_words
from sop_flows.actions.cohorts.roster import BadRow, Fault, Roster, RosterRow, RowFault
from sop_flows.actions.cohorts.roster_columns import PASTED_ORDER, REQUIRED
from sop_flows.actions.cohorts.roster_sheets import MAX_SHEET_ROWS, FileFault, RosterError
from sop_flows.calendar.dates import age_on
from sop_flows.limits import MAX_CHILDREN

IGNORED_SHOWN = 8  # columns named in one message; an export of Dapodik has sixty that nobody needs
ROWS_NAMED = 8  # rows of children who are in another angkatan
TURNED_SHOWN = 3  # further rows with both dates


def file_words(error: RosterError) -> str:
    """Why nothing at all could be read, and what to do."""
    names = ", ".join(error.detail)
    match error.fault:
        case FileFault.EMPTY:
            return _("There is no child in it.")
        case FileFault.WRONG_TYPE:
            return _("This is no Excel or CSV file. Send the list as .xlsx or .csv.")
        case FileFault.OLD_EXCEL:
            return _("This is an old Excel file (.xls). Open it, save it as .xlsx, and send that.")
        case FileFault.PASSWORD:
            return _("The file has a password. Save it without one, and send it once more.")
        case FileFault.UNREADABLE:
            return _("The file is damaged. Open it, save it again as .xlsx, and send it once more.")
        case FileFault.TOO_BIG:
            return _("The file is too big. Send the list alone, without pictures and other sheets.")
        case FileFault.TOO_MANY_ROWS:
            return _(
                "The sheet has more than {count} rows. Send only the children of one cohort, at most {children}."
            ).format(count=MAX_SHEET_ROWS, children=MAX_CHILDREN)
        case FileFault.TOO_MANY_CHILDREN:
            return _("The list has more than {count} children. Send one cohort at a time.").format(
                count=MAX_CHILDREN
            )
        case FileFault.NO_COLUMNS:
            return _(
                "These columns are missing: {columns}. A row above the children must carry the column names."
            ).format(columns=names)
        case FileFault.COLUMN_TWICE:
            return _("This column is there twice: {columns}. Keep one of them.").format(columns=names)
        case FileFault.SEVERAL_SHEETS:
            return _("Several sheets carry a list: {sheets}. Put all children on one sheet.").format(
                sheets=names
            )


def row_words(bad: BadRow) -> str:
    """One bad row: "Baris 5: jenis kelamin "X" tidak dikenal (tulis L atau P); sekolah kosong"."""
    return _("Row {row}: {faults}").format(row=bad.row, faults="; ".join(map(_fault_words, bad.faults)))


def bad_words(roster: Roster) -> str:
    """How many rows are bad, as a sentence."""
    count = len(roster.bad)
    return ngettext("{count} row has to be mended.", "{count} rows have to be mended.", count).format(
        count=count
    )


def twin_words(twins: Iterable[tuple[int, ...]]) -> list[str]:
    """One name twice in a school: a question, for a child is its number."""
    return [
        _("Rows {rows} have one name in one school. They are entered as different children.").format(
            rows=", ".join(map(str, rows))
        )
        for rows in twins
    ]


def elsewhere_words(found: Mapping[str, Sequence[int]]) -> list[str]:
    """Children who belong to another open angkatan: a question, for somebody may have forgotten to close it."""
    return [
        ngettext(
            "⚠️ {count} child is still in {cohort} (row {rows}). The same child? Then it has to leave there first.",
            "⚠️ {count} children are still in {cohort} (rows {rows}). The same ones? Then they have to leave there first.",
            len(rows),
        ).format(
            count=len(rows),
            cohort=cohort,
            rows=", ".join(map(str, rows[:ROWS_NAMED])) + (" …" if len(rows) > ROWS_NAMED else ""),
        )
        for cohort, rows in found.items()
    ]


def passed_words(roster: Roster) -> list[str]:
    """What of the file was not taken, or taken in part: columns, and rows that are no children."""
    said = []
    if roster.ignored:
        columns = ", ".join(roster.ignored[:IGNORED_SHOWN])
        left = len(roster.ignored) - IGNORED_SHOWN
        if left > 0:
            columns = _("{listed} and {count} more").format(listed=columns, count=left)
        said.append(_("Columns not read: {columns}").format(columns=columns))
    for labels in roster.doubled:
        said.append(
            _("{columns}: of each row the first that is filled was taken.").format(columns=listed(labels))
        )
    if roster.passed:
        said.append(
            _("Rows passed over, since they are no children: {rows}").format(rows=row_numbers(roster.passed))
        )
    if roster.hidden:
        said.append(_("Hidden rows were not read: {rows}").format(rows=row_numbers(roster.hidden)))
    return said


def ages_words(rows: Sequence[RosterRow], today: date) -> str:
    """ "Umur 8 sampai 10 tahun. Termuda: baris 4 (3 Juli 2018). Tertua: baris 2 (12 Mei 2016)."; "" without dates."""
    born = sorted((row.born_on, row.row) for row in rows if row.born_on is not None)
    if not born:
        return ""
    (oldest, first), (youngest, last) = born[0], born[-1]
    ages = sorted({age_on(youngest, today), age_on(oldest, today)})
    said = _("Age {ages} years.").format(ages="–".join(map(str, ages)))
    who = _("Youngest: row {row} ({day}). Oldest: row {other} ({day_of_other}).").format(
        row=last, day=plain_date_words(youngest), other=first, day_of_other=plain_date_words(oldest)
    )
    without = len(rows) - len(born)
    if without:
        who += " " + ngettext(
            "{count} without a birth date.", "{count} without a birth date.", without
        ).format(count=without)
    return f"{said} {who}"


def turned_words(rows: Sequence[RosterRow]) -> str:
    """ "Baris 2 dan 4: 5 Desember 2016 atau 12 Mei 2016?" """
    first, *more = rows
    asked = _("Row {rows}: {day} or {other}?")
    said = [
        _("In some birth dates day and month may have changed places."),
        asked.format(rows=row_numbers([row.row for row in rows]), **_both(first)),
        *(
            _("Row {rows} then: {day} or {other}.").format(rows=row.row, **_both(row))
            for row in more[:TURNED_SHOWN]
        ),
    ]
    return "\n".join(said)


def _both(row: RosterRow) -> dict[str, str]:
    assert row.born_on is not None
    assert row.turned_on is not None
    return {"day": plain_date_words(row.born_on), "other": plain_date_words(row.turned_on)}


def row_numbers(numbers: Sequence[int]) -> str:
    """ "2, 4 dan 7-9"."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return listed([str(first) if first == last else f"{first}-{last}" for first, last in spans])


def listed(words: Sequence[str]) -> str:
    """ "Telepon dan HP"."""
    if len(words) < 2:
        return "".join(words)
    return _("{first} and {last}").format(first=", ".join(words[:-1]), last=words[-1])


def columns_words() -> str:
    """The columns of a roster in the order of pasted lines, the required ones marked."""
    return ", ".join(f"{column}*" if column in REQUIRED else str(column) for column in PASTED_ORDER)


def _fault_words(fault: Fault) -> str:
    column, value = fault.column.value, fault.value
    match fault.what:
        case RowFault.MISSING:
            return _("{column} is empty").format(column=column)
        case RowFault.NAME_ODD:
            return _("{column} is no name").format(column=column)
        case RowFault.SEX_UNKNOWN:
            return _("{column} “{value}” is not known (write L or P)").format(column=column, value=value)
        case RowFault.DATE_UNKNOWN:
            return _("{column} “{value}” is no date (write for example 12/05/2016)").format(
                column=column, value=value
            )
        case RowFault.DATE_IMPLAUSIBLE:
            return _("{column} {value} can not be right").format(column=column, value=value)
        case RowFault.PHONE_ODD:
            return _("{column} “{value}” is too short").format(column=column, value=value)
        case RowFault.TOO_LONG:
            return _("{column} is too long").format(column=column)
        case RowFault.PHONE_SHORTENED:
            return _(
                "{column} “{value}” was shortened by Excel (make the column Text, type the number again)"
            ).format(column=column, value=value)
        case RowFault.ERROR:
            return _("{column} holds the error {value} of Excel (write the value itself)").format(
                column=column, value=value
            )
        case RowFault.FORMULA:
            return _("{column} holds a formula (write the value itself)").format(column=column)
