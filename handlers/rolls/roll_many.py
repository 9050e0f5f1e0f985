"""Many children at once: a tick for all, the same answer for the rest, proposals to be accepted."""

from collections import Counter
from collections.abc import Mapping, Sequence

from handlers.rolls.roll_card import roll_name
from handlers.rolls.roll_steps import go_on
from handlers.rolls.roll_talk import Talk, show, talk_about
from handlers.ui.form_words import plain_values
from handlers.ui.request import (
    About,
    ButtonError,
    Reply,
    Request,
    button,
    further,
    pressed,
    rows,
    turning,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, esc, more, ngettext, shorten
from sop_flows.actions.rolls import rolls
from sop_flows.declarations.form import Rest
from sop_flows.recording.forms.answers import Values, rest_values
from sop_flows.recording.proposing import propose
from sop_flows.recording.roll_call import Roll, find_roll, lock_roll
from sop_flows.staffing.responsibility import log_reads
from storage.queries.children import list_names
from storage.queries.rolls import RollRow

PAGE = 40  # children whose proposals stand on one page
NAME_SHOWN = 32  # characters of a name
GROUPED = ("groups", "dormitory")  # proposals that put several children together


def on_all(request: Request) -> Reply:
    """Semua anak sudah: a tick for everybody who is left."""
    roll = lock_roll(request.work, who(request), pressed(request))
    if roll.step.record is not None:
        raise ButtonError("this step asks for more than a tick")
    return _fill(request, roll, {row.child_id: {} for row in roll.askable})


def on_rest(request: Request) -> Reply:
    """Sisanya: ...: says for how many, and asks once."""
    roll = find_roll(request.work, who(request), pressed(request))
    rest, values = _rest(request, roll)
    left = len(values)
    if left == 0:
        nothing = _("There is nothing to propose: the roster does not say.") if roll.askable else ""
        return go_on(request, roll, nothing)
    text = ngettext(
        "Record “{value}” for the {count} child that is left?",
        "Record “{value}” for all {count} children that are left?",
        left,
    ).format(value=esc(rest.value or rest.button), count=left)
    yes = ngettext("Yes, {count} child", "Yes, {count} children", left).format(count=left)
    talk = talk_about(request, roll.task_id)
    talk.asks = "rest"
    keyboard = (
        (
            button(yes, "roll_rest_yes", roll.task_id, further(request, 1), style="success"),
            button(_("Cancel"), "roll_next", roll.task_id),
        ),
    )
    return show(request, roll, talk, text, keyboard)


def on_rest_yes(request: Request) -> Reply:
    """The same answer for everybody who is left."""
    roll = lock_roll(request.work, who(request), pressed(request))
    return _fill(request, roll, _rest(request, roll)[1])


def _rest(request: Request, roll: Roll) -> tuple[Rest, dict[int, Values]]:
    """The button (second number: which of several), and what it records for each child that is left."""
    form, place = roll.step.record, further(request, 1)
    if form is None or not 0 <= place < len(form.every_rest):
        raise ButtonError("this step has no such button")
    rest = form.every_rest[place]
    if rest.value is None:
        return rest, propose(request.work, roll)
    return rest, {row.child_id: rest_values(form, rest) for row in roll.askable}


def _fill(request: Request, roll: Roll, values: dict[int, Values]) -> Reply:
    if not values:
        return go_on(request, roll, _("Nothing was left to be recorded by this button."))
    talk = talk_about(request, roll.task_id)
    done = rolls.fill(request.work, roll, values, done_on=talk.worked_on)  # fmt: skip
    talk.answered = True
    said = "✅ " + ngettext("{count} child recorded.", "{count} children recorded.", len(values)).format(
        count=len(values)
    )
    return go_on(request, done.roll, said, done.outcome, talk=talk)


def on_proposals(request: Request) -> Reply:
    """Usulan: everybody's proposal, to be looked at before it is taken."""
    roll = find_roll(request.work, who(request), pressed(request))
    talk = talk_about(request, roll.task_id)
    found = propose(request.work, roll)
    talk.preview = {str(child_id): values for child_id, values in found.items()}
    return preview(request, roll, talk)


def on_page(request: Request) -> Reply:
    """Another page of the proposals. Second number: the page."""
    roll = find_roll(request.work, who(request), pressed(request))
    return preview(request, roll, talk_about(request, roll.task_id), page=further(request, 1))


def preview(request: Request, roll: Roll, talk: Talk, said: str = "", page: int = 0) -> Reply:
    """The proposals as they would be recorded, with the totals of each group and dormitory; who is named is logged."""
    form = roll.step.record
    wanted = [row for row in roll.askable if str(row.child_id) in talk.preview]
    if form is None or not wanted:
        return go_on(request, roll, _("There is nothing to propose: the roster does not say."), talk=talk)
    talk.asks = "preview"
    values = {row.child_id: plain_values(form, talk.preview[str(row.child_id)]) for row in wanted}
    is_grouped = form.fields[0].proposal in GROUPED
    if is_grouped:
        wanted.sort(key=lambda row: (values[row.child_id], row.number))
    page = min(max(page, 0), (len(wanted) - 1) // PAGE)
    shown = wanted[page * PAGE : (page + 1) * PAGE]
    names = list_names(request.session, [row.child_id for row in shown])
    log_reads(request.work, "proposals", names)
    lines = [said] if said else []
    lines.append(f"<b>{roll_name(request, roll)}</b>")
    lines.append(
        ngettext("Proposal for {count} child:", "Proposals for {count} children:", len(wanted)).format(
            count=len(wanted)
        )
    )
    totals = _totals(request, wanted, values, form.fields[0].proposal or "") if is_grouped else {}
    heading = None
    listed: list[str] = []
    for row in shown:
        name = esc(shorten(names[row.child_id], NAME_SHOWN))
        who_words = f"{child_code(row.number)} {name} · {row.sex} · {esc(row.school)}"
        value = values[row.child_id]
        if not is_grouped:
            listed.append(f"{who_words} → {esc(value)}")
            continue
        if value != heading:
            listed.append(totals[value])
            heading = value
        listed.append(who_words)
    others = [
        words for value, words in totals.items() if value not in {values[row.child_id] for row in shown}
    ]
    lines += [*others, more(*listed)]
    without = [child_code(row.number) for row in roll.askable if str(row.child_id) not in talk.preview]
    if without:
        lines.append(_("Without a proposal: No. {codes}").format(codes=", ".join(without)))
    example = child_code(wanted[0].number)
    lines.append(
        _("To change one first, type its number and the answer, for example {number} …").format(
            number=example
        )
    )
    is_more = len(wanted) > (page + 1) * PAGE
    turn = turning(page, is_more, lambda text, at: button(text, "roll_preview", roll.task_id, at))
    keyboard = (
        *rows(turn),
        (
            button(_("Use the proposals"), "roll_accept", roll.task_id, style="success"),
            button(_("One by one"), "roll_next", roll.task_id),
        ),
    )
    return show(request, roll, talk, "\n".join(lines), keyboard)


def _totals(
    request: Request, wanted: Sequence[RollRow], values: Mapping[int, str], proposal: str
) -> dict[str, str]:
    """Of each group or dormitory how many children it gets, by sex; of a dormitory also its places (HTML)."""
    rooms = {one.name: one.capacity for one in request.institution.pack.unit.dormitories}
    found = {}
    for value in dict.fromkeys(values[row.child_id] for row in wanted):
        sexes = Counter(row.sex for row in wanted if values[row.child_id] == value)
        by_sex = ", ".join(f"{sex} {count}" for sex, count in sorted(sexes.items()))
        words = f"<b>{esc(value)}</b> · {sexes.total()} ({by_sex})"
        if proposal == "dormitory" and value in rooms:
            words += " · " + _("{count} places").format(count=rooms[value])
        found[value] = words
    return found


def on_accept(request: Request) -> Reply:
    """Record what the preview showed."""
    roll = lock_roll(request.work, who(request), pressed(request))
    talk = talk_about(request, roll.task_id)
    values = {int(child_id): dict(answers) for child_id, answers in talk.preview.items()}
    still_open = {row.child_id for row in roll.askable}
    values = {child_id: answers for child_id, answers in values.items() if child_id in still_open}
    return _fill(request, roll, values)


ROUTES = Routes(
    About.TASK,
    presses={
        "roll_all": on_all,
        "roll_rest": on_rest,
        "roll_rest_yes": on_rest_yes,
        "roll_proposals": on_proposals,
        "roll_preview": on_page,
        "roll_accept": on_accept,
    },
)
