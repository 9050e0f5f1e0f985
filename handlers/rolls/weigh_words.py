"""Sentences of a weigh-in: what was recorded, what is doubted, who was first, what came of it."""

from collections.abc import Sequence

from handlers.cards.weighing import summary_lines
from handlers.people.officer_words import looking_after
from handlers.rolls.roll_talk import Talk
from handlers.ui.kilograms import bare_kilos, change, kilos, kilos_as_typed
from handlers.ui.request import Keyboard, Request, button, rows
from handlers.ui.words import _, child_code, echo, more, ngettext
from sop_flows.recording.roll_call import Roll
from sop_flows.recording.weights import Doubt
from storage.queries.rolls import RollRow

LINES_SHOWN = 6  # recorded lines shown at once; more of them are folded


def recorded_line(number: int, weight_g: int, before_g: int | None) -> str:
    """ "001 · 24,9 kg (+0,6)" (HTML)."""
    line = f"{child_code(number)} · {kilos(weight_g)}"
    return line if before_g is None else f"{line} ({change(weight_g - before_g)})"


def recorded_lines(lines: Sequence[str]) -> str:
    """One ✅ line for one child; a short list, folded when long, for several."""
    if len(lines) == 1:
        return f"✅ {lines[0]}"
    top = "✅ " + ngettext("{count} weight recorded", "{count} weights recorded", len(lines)).format(
        count=len(lines)
    )
    if len(lines) <= LINES_SHOWN:
        return "\n".join([top, *lines])
    return f"{top}\n{more(*lines)}"


def not_understood(text: str, example_g: int) -> str:
    """Words that are no weight (HTML)."""
    return _("I do not understand “{words}” yet. Type a number in kilograms, for example {example}.").format(
        words=echo(text), example=bare_kilos(example_g)
    )


def doubt_card(roll: Roll, row: RollRow, doubt: Doubt, talk: Talk) -> tuple[str, Keyboard]:
    """ "52 kg untuk No. 002? Terakhir 25,0 kg." with what may have been meant."""
    words = kilos_as_typed(doubt.weight_g)
    lines = [talk.said] if talk.said else []
    question = _("{weight} for No. {number}?").format(weight=words, number=child_code(row.number))
    if doubt.last_g is not None:
        question += " " + _("Last {weight}.").format(weight=kilos(doubt.last_g))
    if not doubt.recordable:
        question += " " + _("That can not be right.")
    lines.append(question)
    waiting = len(talk.doubts) - 1
    if waiting > 0:
        lines.append(
            ngettext("Then {count} more to ask about.", "Then {count} more to ask about.", waiting).format(
                count=waiting
            )
        )
    yes = (
        [
            button(
                _("Yes, {weight}").format(weight=words),
                "weigh_yes",
                roll.task_id,
                row.child_id,
                doubt.weight_g,
            )
        ]
        if doubt.recordable
        else []
    )
    meant = [
        button(f"{bare_kilos(one)}?", "weigh_yes", roll.task_id, row.child_id, one) for one in doubt.proposals
    ]
    again = button(_("Type again"), "weigh_retype", roll.task_id, row.child_id)
    return "\n".join(lines), rows([*yes, *meant, again])


def replace_card(roll: Roll, row: RollRow, old_g: int, weight_g: int, who: str) -> tuple[str, Keyboard]:
    """A single line about a child who has a weight already."""
    text = _("No. {number} has {old} already ({who}). Replace it by {new}?").format(
        number=child_code(row.number), old=kilos(old_g), who=who, new=kilos(weight_g)
    )
    yes = button(
        _("Yes, {weight}").format(weight=kilos_as_typed(weight_g)),
        "weigh_fix_yes",
        roll.task_id,
        row.child_id,
        weight_g,
    )
    return text, ((yes, button(_("No"), "roll_next", roll.task_id)),)


def fix_card(roll: Roll) -> tuple[str, Keyboard]:
    """Koreksi: which child, which weight."""
    example = child_code(roll.rows[0].number) if roll.rows else "012"
    text = _("Type the child's number and the right weight, for example {number} 23.5.").format(
        number=example
    )
    return text, ((button(_("‹ Back"), "weigh_summary", roll.task_id),),)


# --- the end ------------------------------------------------------------------------------------------------


def summary_card(request: Request, roll: Roll, name: str, said: str = "") -> tuple[str, Keyboard]:
    """What came of the weigh-in, who lost weight, and what can be done with it."""
    lines = [said] if said else []
    lines += summary_lines(request.session, roll, name)
    buttons = [button(_("Chart"), "weigh_chart", roll.task_id)]
    role = looking_after(request.institution.pack.unit)
    if role:
        buttons.append(button(_("Mark for {role}").format(role=role), "weigh_flags", roll.task_id))
    buttons.append(button(_("Correct"), "weigh_fix", roll.task_id))
    buttons.append(button(_("See the list"), "roll_list", roll.task_id))
    return "\n".join(lines), rows(buttons, 3)
