"""The children have left: what was not done, for the head; what is left and can still be done, asked once."""

from collections.abc import Sequence

from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_words
from handlers.ui.request import (
    About,
    Button,
    Reply,
    Request,
    button,
    cohort_of,
    numbers,
    pressed,
    screen,
    to_list,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, esc, ngettext
from sop_flows.actions.cohorts.cohort_end import list_left, list_not_done, skip_left
from sop_flows.core.work import declared
from storage.tables import Cohort, Task

PAGE = 16  # lines of one list


def on_over(request: Request) -> Reply:
    """What of the officer's sections was not done; each can still be entered if it was."""
    cohort = cohort_of(request, pressed(request))
    found = list_not_done(request.work, who(request), cohort.id or 0)
    if not found:
        return screen(
            request, _("{cohort}: nothing was left undone.").format(cohort=esc(cohort.name)), ((to_list(),),)
        )
    said = _("{cohort} · not done when the children left: {count}")
    above = said.format(cohort=bold(cohort.name), count=len(found))
    below = _("If one was done all the same, open it and tap Selesai.")
    return screen(
        request,
        "\n".join([above, *_lines(request, found), below]),
        (*numbers("task_open", [task.id or 0 for task in found[:PAGE]]), (to_list(),)),
    )


def on_left(request: Request) -> Reply:
    """What is left of the stay and can still be done: one by one, or none of it with a reason."""
    return _left(request, cohort_of(request, pressed(request)))


def _left(request: Request, cohort: Cohort, above: str = "") -> Reply:
    found = list_left(request.work, who(request), cohort.id or 0)
    if not found:
        said = _("{cohort}: nothing of yours is left.").format(cohort=esc(cohort.name))
        return screen(request, "\n".join([*([above] if above else []), said]), ((to_list(),),))
    said = _("{cohort} · not recorded yet: {count}. Done? Open it. Not done?")
    none = button(_("None of it was done…"), "stay_none", cohort.id or 0)
    return screen(
        request,
        "\n".join(
            [
                *([above] if above else []),
                said.format(cohort=bold(cohort.name), count=len(found)),
                *_lines(request, found),
            ]
        ),
        (*numbers("task_open", [task.id or 0 for task in found[:PAGE]]), (none,), (to_list(),)),
    )


def _lines(request: Request, found: Sequence[Task]) -> list[str]:
    lines = [
        f"{place}. {esc(task.sop)} {esc(declared(request.session, task)[1].short)}"
        for place, task in enumerate(found[:PAGE], start=1)
    ]
    more = len(found) - PAGE
    return [*lines, *([_("and {count} more").format(count=more)] if more > 0 else [])]


def _ask_why(talk: Talk) -> Screen:
    request = talk.request
    cohort = cohort_of(request, int(talk.draft["cohort"]))
    found = list_left(request.work, who(request), cohort.id or 0)
    asked = _("Why was it not done? One reason for all; choose, or write it.")
    usual = request.institution.pack.unit.obstacles
    picks = [button(words, "stay_why", cohort.id or 0, place) for place, words in enumerate(usual)]
    keyboard = tuple(tuple(picks[at : at + 2]) for at in range(0, len(picks), 2))
    return "\n".join([bold(cohort.name), *_lines(request, found), asked]), keyboard


def on_none(request: Request) -> Reply:
    """[Tidak ada yang terlaksana...]: why?"""
    return NONE_DONE.begin(request, {"cohort": cohort_of(request, pressed(request)).id})


def on_why(request: Request) -> Reply:
    """One of the usual reasons."""
    usual = request.institution.pack.unit.obstacles
    place = pressed(request, 1)
    if not 0 <= place < len(usual):
        return on_left(request)
    return NONE_DONE.take(request, "reason", usual[place])


def _none_done(talk: Talk) -> Reply:
    cohort = cohort_of(talk.request, int(talk.draft["cohort"]))
    gone = skip_left(talk.request.work, cohort.id or 0, str(talk.draft["reason"]))
    said = ngettext(
        "✅ {count} step is noted as not done. Reason: {reason}",
        "✅ {count} steps are noted as not done. Reason: {reason}",
        len(gone),
    ).format(count=len(gone), reason=esc(str(talk.draft["reason"])))
    return _left(talk.request, cohort, said)


def _cancel(talk: Talk) -> Button:
    return button(_("Cancel"), "stay_left", int(talk.draft["cohort"]))


NONE_DONE = Dialog(
    "stay_none",
    (Field("reason", _ask_why, typed_words),),
    _none_done,
    _cancel,
    about="cohort",
)
ROUTES = Routes(
    About.NOTHING,
    presses={"stay_over": on_over, "stay_left": on_left, "stay_none": on_none, "stay_why": on_why},
    dialogs=(NONE_DONE,),
)
