"""Roll-call on arrival, school by school: all came, or tap who did not (SOP 9.2.05 step 1)."""

import re

from handlers.rolls.roll_card import absent_card, is_roll_call, open_of_school
from handlers.rolls.roll_steps import go_on
from handlers.rolls.roll_talk import Talk, show, talk_about
from handlers.ui.request import About, ButtonError, Reply, Request, button, pressed, rows, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, esc
from sop_flows.actions.cohorts.membership import StillHereError, call_up
from sop_flows.actions.rolls import rolls
from sop_flows.recording.forms.answers import Values
from sop_flows.recording.roll_call import Roll, find_roll, lock_roll
from sop_flows.staffing.responsibility import log_reads
from storage.queries.children import list_reserves
from storage.tables import Child

ABSENT = "absent"  # what the talk asks: who of a school did not come
RESERVES_SHOWN = 20  # reserves of one angkatan offered at once
_NUMBERS = re.compile(r"(?:(?:no(?:mor)?|anak|dan|tidak datang)\b|[\d\s,;.&+])+", re.IGNORECASE)


def on_all(request: Request) -> Reply:
    """[Semua datang]: of the school of the child that the button names."""
    roll = _roll(lock_roll(request.work, who(request), pressed(request)))
    return _save(request, roll, pressed(request, 1), frozenset())


def on_complete(request: Request) -> Reply:
    """[Semua sekolah lengkap]: as the hand-over counted."""
    roll = _roll(lock_roll(request.work, who(request), pressed(request)))
    came = _answer(roll, came=True)
    rows = roll.open_rows
    if not rows:
        return go_on(request, roll)
    done = rolls.record_entry(request.work, roll, {row.child_id: came for row in rows})
    return go_on(request, done.roll, "", done.outcome, talk=Talk(answered=True))


def on_some(request: Request) -> Reply:
    """[Ada yang tidak]: who?"""
    roll = _roll(find_roll(request.work, who(request), pressed(request)))
    return _ask(request, roll, Talk(child_id=pressed(request, 1)))


def on_tick(request: Request) -> Reply:
    """One child: did not come (1), or did (0). The button says which, so that a second tap changes nothing."""
    roll = _roll(find_roll(request.work, who(request), pressed(request)))
    row = roll.row_of(pressed(request, 1))
    talk = talk_about(request, roll.task_id)
    if talk.asks != ABSENT or roll.row_of(talk.child_id).school != row.school:
        talk = Talk(child_id=row.child_id)
    others = [number for number in talk.picked if number != row.number]
    talk.picked = [*others, row.number] if pressed(request, 2) else others
    return _ask(request, roll, talk)


def on_save(request: Request) -> Reply:
    """Simpan: those who are ticked did not come, the others of the school did."""
    roll = _roll(lock_roll(request.work, who(request), pressed(request)))
    talk = talk_about(request, roll.task_id)
    if talk.asks != ABSENT:
        return go_on(request, roll)
    if not talk.picked:
        return _ask(request, roll, talk, _("Nobody is ticked yet."))
    return _save(request, roll, pressed(request, 1), frozenset(talk.picked))


def absent_typed(request: Request, roll: Roll, talk: Talk) -> Reply:
    """Numbers of children who did not come, typed while their school is asked about."""
    text = (request.text or "").strip()
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    mine = {row.number for row in open_of_school(roll, talk.child_id)}
    if not numbers or _NUMBERS.fullmatch(text) is None:
        example = " ".join(child_code(number) for number in sorted(mine)[:2])
        said = _("Type the numbers of those who did not come, for example {numbers}.")
        return _ask(request, roll, talk, said.format(numbers=example))
    strange = [child_code(number) for number in numbers if number not in mine]
    talk.picked = list(dict.fromkeys([*talk.picked, *(one for one in numbers if one in mine)]))
    said = ""
    if strange:
        said = _("Not of this school, or noted already: No. {codes}.").format(codes=", ".join(strange))
    return _ask(request, roll, talk, said)


def _ask(request: Request, roll: Roll, talk: Talk, said: str = "") -> Reply:
    if not open_of_school(roll, talk.child_id):
        return go_on(request, roll, _("This school is noted already."))
    talk.asks, talk.said = ABSENT, said
    return show(request, roll, talk, *absent_card(request, roll, talk))


def _save(request: Request, roll: Roll, child_id: int, absent: frozenset[int]) -> Reply:
    rows = open_of_school(roll, child_id)
    if not rows:  # tapped twice, or a colleague was first
        return go_on(request, roll, _("This school is noted already."))
    gone = [row for row in rows if row.number in absent]
    values = {row.child_id: _answer(roll, came=row not in gone) for row in rows}
    done = rolls.record_entry(request.work, roll, values)
    said = _("✅ {school}: {count} came.").format(school=esc(rows[0].school), count=len(rows) - len(gone))
    if gone:
        said = _("✅ {school}: {count} came, {absent} did not ({codes}).").format(
            school=esc(rows[0].school),
            count=len(rows) - len(gone),
            absent=len(gone),
            codes=", ".join(child_code(row.number) for row in gone),
        )
    if gone and list_reserves(request.session, roll.task.cohort_id or 0):
        return _offer_reserves(request, done.roll, said, is_over=done.outcome is not None)
    return go_on(request, done.roll, said, done.outcome, talk=Talk(answered=True))


# --- reserves in place of those who did not come ----------------------------------------------------------------


def _offer_reserves(request: Request, roll: Roll, said: str, *, is_over: bool) -> Reply:
    """Panggil cadangan? Afterwards the roll-call goes on where it was."""
    buttons = [
        button(_("Yes, choose"), "arrival_reserves", roll.task_id, style="success"),
        button(_("No"), "roll_next", roll.task_id),
        button(_("Undo"), "task_undo", roll.task_id),
    ]
    text = f"{said}\n" + _("Call up a reserve?")
    return show(request, roll, Talk(answered=True), text, rows(buttons), last=is_over)


def on_reserves(request: Request) -> Reply:
    """[Ya, pilih]: which?"""
    return _choose(request, _roll(find_roll(request.work, who(request), pressed(request))))


def _choose(request: Request, roll: Roll, said: str = "") -> Reply:
    found = list_reserves(request.session, roll.task.cohort_id or 0)
    if not found:
        return go_on(request, roll, said)
    shown = found[:RESERVES_SHOWN]
    log_reads(request.work, "reserves", [one.child.id for one in shown])
    picks = [
        button(
            f"{child_code(one.child.number)} {one.child.name} · {one.school.name}",
            "arrival_call",
            roll.task_id,
            one.child.id or 0,
        )
        for one in shown
    ]
    text = "\n".join(filter(None, (said, _("Tap who is called up. The child then stands on all lists."))))
    keyboard = (*rows(picks, 1), (button(_("Enough"), "roll_next", roll.task_id),))
    return show(request, roll, Talk(answered=True), text, keyboard)


def on_call(request: Request) -> Reply:
    """One reserve is called up."""
    roll = _roll(lock_roll(request.work, who(request), pressed(request)))
    try:
        called = call_up(request.work, pressed(request, 1))
    except StillHereError:
        return _choose(request, roll, _("That was noted before."))
    number = request.session.get_one(Child, called.child_id).number
    roll = find_roll(request.work, who(request), roll.task_id)
    return _choose(request, roll, _("✅ No. {number} is called up.").format(number=child_code(number)))


def _answer(roll: Roll, *, came: bool) -> Values:
    form = roll.step.record
    assert form is not None
    return {form.fields[0].key: form.fields[0].choices[0 if came else 1]}


def _roll(roll: Roll) -> Roll:
    if not is_roll_call(roll):
        raise ButtonError("this step is no roll-call")
    return roll


ROUTES = Routes(
    About.TASK,
    presses={
        "arrival_all": on_all,
        "arrival_complete": on_complete,
        "arrival_some": on_some,
        "arrival_tick": on_tick,
        "arrival_save": on_save,
        "arrival_reserves": on_reserves,
        "arrival_call": on_call,
    },
)
