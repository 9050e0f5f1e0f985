"""[Papan]: where an angkatan stands as a picture; for heads, on Monday and when they ask."""

from dataclasses import replace
from typing import Any

from handlers.ui.request import SendFile
from handlers.ui.words import _, date_words, esc, ngettext, section, shorten, stamp_words
from sop_flows.core.work import Work
from sop_flows.views.board import AFTER, BEFORE, Board, board_of
from storage.tables import Cohort, Officer

TITLE_SHOWN = 22  # characters of an SOP's title beside its bar


def board_picture(
    work: Work,
    officer: Officer,
    cohort: Cohort,
    *,
    dark: bool = False,
    names: bool = False,
    pdf: bool = False,
) -> SendFile:
    """The picture, or the same page as PDF.

    Args:
        names: say which officers have something late; else their sections. Of what lies on a lock screen, never.
    """
    board = board_of(work, officer, cohort)
    values = board_values(work, board, dark=dark and not pdf, names=names)
    caption = esc(f"{cohort.name} · {values['sub']}")
    name = f"papan-{cohort.id}-{work.today}"
    if pdf:
        return SendFile(
            "board_pdf", values, caption=caption, filename=f"{name}.pdf", photo=False, protect=False
        )
    return SendFile("board", values, caption=caption, filename=f"{name}.png")


def quiet_board(work: Work, officer: Officer, cohort: Cohort) -> SendFile:
    """As it is sent by itself: without a sound and without names."""
    return replace(board_picture(work, officer, cohort), silent=True)


def board_values(work: Work, board: Board, *, dark: bool, names: bool) -> dict[str, Any]:
    """What the template draws."""
    status = board.status
    stay = status.stay_days
    in_stay = 0 <= status.day <= stay
    progress = {} if status.progress is None else {one.phase: one for one in status.progress.phases}
    day = _("day {day} of {last}").format(day=status.day, last=stay) if in_stay else _("not in the house")
    children = ngettext("{count} child", "{count} children", status.children).format(count=status.children)
    return {
        "title": status.cohort.name,
        "sub": f"{date_words(work.today)} · {day} · {children}",
        "dark": dark,
        "day": status.day,
        "stay": stay,
        "first": -BEFORE,
        "last": stay + AFTER,
        "phases": [
            {
                "name": phase.capitalize(),
                "planned": progress[phase].planned if phase in progress else 0,
                "done": progress[phase].done if phase in progress else 0,
                "bars": [
                    {
                        "number": one.number,
                        "title": shorten(_brief(one.title), TITLE_SHOWN),
                        "first": one.first,
                        "last": one.last,
                        "done": one.done,
                        "total": one.total,
                        "state": one.state,
                    }
                    for one in bars
                ],
            }
            for phase, bars in board.phases
        ],
        "lines": _lines(board),
        "late": _late(work, board, names=names),
        "words": {
            "day": _("day"),
            "steps": _("steps"),
            "plan": _("plan"),
            "late": _("Late"),
            "none-late": _("Nothing is late."),
            "done": _("done"),
            "running": _("running"),
            "is-late": _("late"),
            "waiting": _("not begun"),
        },
        "stamp": stamp_words(work.now, work.now, work.zone),
    }


def _brief(title: str) -> str:
    """What tells an SOP from its neighbours: "Pemberian makan" of "Pelayanan Kebutuhan Dasar (Pemberian makan)"."""
    before, _paren, inside = title.partition("(")
    if inside and len(before) > TITLE_SHOWN:
        return inside.rstrip(")")
    return title.rpartition(": ")[2]


def _lines(board: Board) -> list[dict[str, Any]]:
    lines = [
        {
            "name": _("Weigh-in, day {day}").format(day=one.day),
            "done": one.done,
            "total": one.total,
            "said": _("{count} lost").format(count=one.lost) if one.lost else "",
        }
        for one in board.weighings
    ]
    visits = None if board.status.figures is None else board.status.figures.visits
    if visits is not None:
        lines.append({"name": visits.step.short, "done": visits.done, "total": visits.owed, "said": ""})
    return lines


def _late(work: Work, board: Board, *, names: bool) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for officer, role, count in board.late:
        name = section(work.unit, role)
        if names:
            name = officer or _("nobody yet") + f" ({name})"
        counts[name] = counts.get(name, 0) + count
    return [{"name": name, "count": count} for name, count in sorted(counts.items(), key=lambda one: -one[1])]
