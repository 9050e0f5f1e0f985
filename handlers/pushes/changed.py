"""A notice that changes an earlier push: what is so no longer, and below it whatever else the push said."""

from handlers.pushes.notices import notice_sentence
from handlers.pushes.push_buttons import to_what
from handlers.ui.request import Delete, Edit, Reply, Say, button, reply, rows, to_list
from handlers.ui.words import _, clip
from sop_flows.core.notices import (
    NOTICES,
    DataErased,
    FileHidden,
    Notice,
    OfChildren,
    ServicesEnd,
    read_notice,
)
from sop_flows.core.work import Work
from sop_flows.notifications.relevance import is_still_true
from storage.queries.messages import list_in_message
from storage.tables import Officer, Reminder, ReminderKind


def left_in_message(work: Work, row: Reminder) -> list[Reminder] | None:
    """What the message that `row` changes carries besides, as far as it is still true.

    None when it is the morning list of an earlier day: that stays as it was said.
    """
    if row.rule == DataErased.word:
        return []  # whatever it was about, it shows what is not to be there any more
    carried = list_in_message(work.session, row.officer_id, row.edits_message_id or 0)
    if any(other.ends_at is not None and other.ends_at <= work.now for other in carried):
        return None
    return [
        other
        for other in carried
        if (other.task_id is None or other.task_id != row.task_id)
        and not _is_said_again(row, other)
        # A morning list that was sent finds out by itself what of it is still so.
        and (other.kind == ReminderKind.DIGEST or is_still_true(work, other))
    ]


def _is_said_again(row: Reminder, other: Reminder) -> bool:
    """Whether the row says the same of more children."""
    return other.rule == row.rule and issubclass(NOTICES.get(row.rule, Notice), OfChildren)


def changed(work: Work, officer: Officer, row: Reminder, rest: Reply) -> Reply:
    """The sentence in place of what it is about; `rest` is what else is in that message, said as things are now.

    A file or place that was opened is taken away: no text can take its place.
    """
    if isinstance(read_notice(row), FileHidden) and row.edits_message_id is not None:
        return reply(Delete(row.edits_message_id))
    sentence = notice_sentence(work, officer, row)
    if not sentence:
        return reply()
    own_way = row.task_id is None or row.rule == ServicesEnd.word  # the step that ended them is another's
    leads = to_what(row) if own_way else button(_("See"), "task_open", row.task_id or 0)
    see = [] if leads is None else [leads]
    kept = next((said for said in rest.actions if isinstance(said, Say)), None)
    if kept is None:
        text, keyboard = sentence, rows([*see, to_list()])
    else:
        text, keyboard = f"{sentence}\n\n{kept.text}", (*rows(see), *kept.keyboard)
    in_place = row.rule == DataErased.word
    return reply(Edit(clip(text), keyboard, message_id=row.edits_message_id, protect=True, in_place=in_place))
