"""Many children at once: a tick for all, the same answer for the rest, proposals to be accepted."""

from handlers.rolls.roll_card import roll_name
from handlers.rolls.roll_steps import go_on
from handlers.rolls.roll_talk import Talk, show, talk_about
from handlers.ui.form_words import values_words
from handlers.ui.request import About, ButtonError, Reply, Request, button, further, pressed, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, esc, more, ngettext
from sop_flows.actions.rolls import rolls
from sop_flows.declarations.form import Rest
from sop_flows.recording.forms.answers import Values, rest_values
from sop_flows.recording.proposing import propose
from sop_flows.recording.roll_call import Roll, find_roll, lock_roll


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
        return go_on(request, roll)
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


def preview(request: Request, roll: Roll, talk: Talk, said: str = "") -> Reply:
    """The proposals as they would be recorded."""
    form = roll.step.record
    wanted = [row for row in roll.askable if str(row.child_id) in talk.preview]
    if form is None or not wanted:
        return go_on(request, roll, _("There is nothing to propose: the roster does not say."), talk=talk)
    talk.asks = "preview"
    lines = [said] if said else []
    lines.append(f"<b>{roll_name(request, roll)}</b>")
    lines.append(
        ngettext("Proposal for {count} child:", "Proposals for {count} children:", len(wanted)).format(
            count=len(wanted)
        )
    )
    lines.append(
        more(
            *(
                f"{child_code(row.number)} → {values_words(form, talk.preview[str(row.child_id)])}"
                for row in wanted
            )
        )
    )
    without = [child_code(row.number) for row in roll.askable if str(row.child_id) not in talk.preview]
    if without:
        lines.append(_("Without a proposal: No. {codes}").format(codes=", ".join(without)))
    example = child_code(wanted[0].number)
    lines.append(
        _("To change one first, type its number and the answer, for example {number} …").format(
            number=example
        )
    )
    keyboard = (
        (
            button(_("Use the proposals"), "roll_accept", roll.task_id, style="success"),
            button(_("One by one"), "roll_next", roll.task_id),
        ),
    )
    return show(request, roll, talk, "\n".join(lines), keyboard)


def on_accept(request: Request) -> Reply:
    """Record what the preview showed."""
    roll = lock_roll(request.work, who(request), pressed(request))
    talk = talk_about(request, roll.task_id)
    values = {int(child_id): dict(answers) for child_id, answers in talk.preview.items()}
    still_open = {row.child_id for row in roll.askable}
    values = {child_id: answers for child_id, answers in values.items() if child_id in still_open}
    if not values:
        return go_on(request, roll)
    return _fill(request, roll, values)


ROUTES = Routes(
    About.TASK,
    presses={
        "roll_all": on_all,
        "roll_rest": on_rest,
        "roll_rest_yes": on_rest_yes,
        "roll_proposals": on_proposals,
        "roll_accept": on_accept,
    },
)
