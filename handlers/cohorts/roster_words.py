"""What is wrong with a roster, in sentences; the same in the chat and on the command line (plain text)."""

from collections.abc import Iterable

from handlers.ui.texts import _, ngettext
from sop_flows.actions.cohorts.roster import BadRow, Fault, Roster, RowFault
from sop_flows.actions.cohorts.roster_columns import PASTED_ORDER, REQUIRED
from sop_flows.actions.cohorts.roster_sheets import MAX_SHEET_ROWS, FileFault, RosterError
from sop_flows.limits import MAX_CHILDREN


def file_words(error: RosterError) -> str:
    """Why nothing at all could be read, and what to do."""
    listed = ", ".join(error.detail)
    match error.fault:
        case FileFault.EMPTY:
            return _("There is no child in it.")
        case FileFault.WRONG_TYPE:
            return _("This is no Excel or CSV file. Send the list as .xlsx or .csv.")
        case FileFault.OLD_EXCEL:
            return _(
                "This is an old Excel file (.xls), or it has a password. Save it as .xlsx without a password."
            )
        case FileFault.UNREADABLE:
            return _("The file is damaged. Open it, save it again as .xlsx, and send it once more.")
        case FileFault.TOO_BIG:
            return _("The file is too big. Send the list alone, without pictures and other sheets.")
        case FileFault.TOO_MANY_ROWS:
            return _("The sheet has more than {count} rows. Delete what is below the list.").format(
                count=MAX_SHEET_ROWS
            )
        case FileFault.TOO_MANY_CHILDREN:
            return _("The list has more than {count} children. Send one cohort at a time.").format(
                count=MAX_CHILDREN
            )
        case FileFault.NO_COLUMNS:
            return _(
                "These columns are missing: {columns}. The first row must carry the column names."
            ).format(columns=listed)
        case FileFault.COLUMN_TWICE:
            return _("This column is there twice: {columns}. Keep one of them.").format(columns=listed)
        case FileFault.SEVERAL_SHEETS:
            return _("Several sheets carry a list: {sheets}. Put all children on one sheet.").format(
                sheets=listed
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
        case RowFault.FORMULA:
            return _("{column} holds a formula (write the value itself)").format(column=column)
