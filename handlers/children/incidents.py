"""Catat kejadian: what happened to a child, said back before it is told; and what came of it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.people.officer_words import looking_after
from handlers.ui import asides, conversation
from handlers.ui.dialog import ASK, Dialog, Field, Screen, Talk, is_over, typed_words
from handlers.ui.kilograms import kilos
from handlers.ui.questions import NotAnAnswerError, note_said
from handlers.ui.request import (
    About,
    Button,
    Reply,
    Request,
    Toast,
    button,
    further,
    numbers,
    pressed,
    reply,
    rows,
    screen,
    to_list,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import (
    _,
    brief_cohort,
    child_code,
    clock_words,
    cohort_prefix,
    esc,
    moment_words,
    plain_date_words,
)
from sop_flows.actions import incidents as rules
from sop_flows.calendar.moments import after_quiet
from sop_flows.handbook.typed_days import read_day
from sop_flows.recording.temperature import find_temperature, find_treatment, read_temperature
from sop_flows.staffing.children import of_own_schools, visible_child
from sop_flows.staffing.responsibility import log_read, log_reads, may_see, name_of
from storage.queries import children, cohorts
from storage.queries import incidents as queries
from storage.queries.children import ChildRow
from storage.queries.incidents import OpenIncident
from storage.tables import Cohort, Conversation, Incident, IncidentKind, Task

HEARD_LATE = timedelta(minutes=1)  # later than that, nobody was there to hear it
LISTED = 3  # open incidents on the card of a child
LIST_MAX = 16  # lines of the list of all
NUMBERED = 5  # numbers named in one line

_ABOUT_CHILD = re.compile(r"(?:no\.?|nomor|anak)? ?(\d{1,3})[ ,.:;-]+(.*[^\W\d_].*)", re.IGNORECASE)
# "012, 013 dan 014 diare". "012 385" is a temperature: without a word or comma between, the next number begins with 0.
_SEVERAL = re.compile(
    r"(?:no\.?|nomor|anak)? ?(\d{1,3}(?:(?:, | ?[;&+] ?| dan )\d{3}|,0\d\d| dan \d{1,3}| 0\d\d)+)[ ,.:;-]+([^\W\d_].*)",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?:jam|hari|orang|anak|kg|menit|minggu|kali)\b", re.IGNORECASE)
_AWAY = re.compile(
    r"(?:(?:tidak|tdk|tak|belum|blm|gak|ga) (?:hadir|ada|datang|masuk|ikut)|absen|alpa|izin|ijin|lewati?|kosong)[.!]?",
    re.IGNORECASE,
)


def reports_in(request: Request, text: str) -> list[str]:
    """The reports in what was typed: "012 demam 38,5", each with the lines that go on with it; [] when it is none.
    What is said of several children ("012 dan 013 diare") is a report of each."""
    found: list[str] = []
    lines = (" ".join(one.split()) for one in text.splitlines() if one.strip())
    for line in (single for one in lines for single in _of_each(one)):
        if _child_and_words(request, line) is not None:
            found.append(line)
        elif found:
            found[-1] += f" {line}"
        else:
            return []
    return found


def _of_each(line: str) -> list[str]:
    match = _SEVERAL.fullmatch(line)
    return [line] if match is None else [f"{one} {match[2]}" for one in re.findall(r"\d+", match[1])]


def _child_and_words(request: Request, words: str) -> tuple[int, str] | None:
    """Number and words of a report; "2 desember", "3 orang tamu", "003 tidak hadir" are none."""
    match = _ABOUT_CHILD.fullmatch(words)
    if match is None:
        return None
    rest = match[2].strip()
    if _COUNTED.match(rest) or _AWAY.fullmatch(rest) or read_day(words, request.today) is not None:
        return None
    return int(match[1]), rest


def begin_with(request: Request, report: str) -> Reply:
    """ "012 demam 38,5", typed without a question. Raises ReportedTwiceError."""
    number, words = _child_and_words(request, report) or (0, report)
    draft = {"number": number, "said_at": _said_at(request), **_reported(words)}
    present = [row for row in _candidates(Talk(request, draft)) if row.is_present]
    if len(present) == 1:
        draft["child"] = present[0].child.id or 0
        rules.refuse_twice(request.work, draft["child"], words)
    return _begin(request, draft)


def _begin(request: Request, draft: dict[str, Any]) -> Reply:
    """Begin a report; one that is looked at already is asked about by itself, so that it is not lost."""
    row = conversation.current(request)
    if row is not None:
        keep_left(request, row)
    return REPORT.begin(request, {"key": request.work.update_id or 0, **draft})


def keep_left(request: Request, row: Conversation) -> bool:
    """Keep a report that its officer leaves for something else, to be asked about; False when nothing was typed."""
    draft = conversation.draft_of(row) if row.topic == REPORT.topic else {}
    if not draft.get("words") or draft.get("number") is None:
        return False
    draft.pop(ASK, None)
    draft["said_at"] = draft.get("said_at") or row.updated_at.isoformat()
    code = child_code(int(draft["number"]))
    asks = _("Not recorded yet. Record an incident of No. {number}?").format(number=code)
    return asides.set_aside(request, f"{code} {draft['words']}", asks, alone=True, draft=draft)


def take_up(request: Request) -> None:
    """Ask a report that was left again, when one of its own buttons is tapped."""
    row = conversation.row_of(request)
    left = [] if row is None else conversation.asides(row)
    one = next((one for one in left if (one.get("draft") or {}).get("key") == further(request, 0)), None)
    if row is None or one is None:
        return
    asides.take(request, one["stamp"])
    keep_left(request, row)
    conversation.ask(request, REPORT.topic, one["draft"])


def set_aside(request: Request, text: str, *, alone: bool = False) -> bool:
    """Keep the reports among words typed at another question, to be asked about; False when they are none."""
    kept = [_set_one_aside(request, one, alone=alone) for one in reports_in(request, text)]
    return any(kept)


def offer_beside(request: Request, line: str) -> None:
    """Offer an incident beside what took the words of this line as a note: one with a temperature, or that is grave."""
    _number, words = _child_and_words(request, line) or (0, "")
    if words and (find_temperature(words) is not None or rules.is_grave(request.work, words, None)):
        _set_one_aside(request, line, alone=False)


def _set_one_aside(request: Request, report: str, *, alone: bool) -> bool:
    number, _words = _child_and_words(request, report) or (0, report)
    asks = _("Record an incident of No. {number}?").format(number=child_code(number))
    return asides.set_aside(request, report, asks, alone=alone)


def take_aside(request: Request, aside: asides.Aside) -> Reply:
    """A report that was asked about: recorded, if nothing of it is open; the list knows the angkatan of its child."""
    number, words = _child_and_words(request, request.text or "") or (0, request.text or "")
    draft = aside.get("draft") or {"number": number, "said_at": _said_at(request), **_reported(words)}
    if {"child", "tenths"} <= draft.keys():
        return _record(Talk(request, draft))
    task = request.session.get(Task, aside["task_id"]) if aside["task_id"] else None
    present = [row for row in _candidates(Talk(request, draft)) if row.is_present]
    here = [row for row in present if task is not None and row.child.cohort_id == task.cohort_id] or present
    if len(here) != 1 or "tenths" not in draft:
        return _begin(request, draft | ({"child": here[0].child.id or 0} if len(here) == 1 else {}))
    return _record(Talk(request, draft | {"child": here[0].child.id or 0}))


def _said_at(request: Request) -> str:
    """When it was typed (ISO), if the bot was off then: the incident is of that time, not of the tap that records it."""
    said_at = request.work.said_at or request.now
    return said_at.isoformat() if request.now - said_at > HEARD_LATE else ""


def on_report(request: Request) -> Reply:
    """[Catat kejadian] on the card of a child."""
    row = visible_child(request.work, who(request), pressed(request))
    return _begin(request, {"child": row.child.id, "number": row.child.number})


def _reported(words: str) -> dict[str, Any]:
    """The report as answers of the dialog: what is said, and the temperature in it."""
    found = find_temperature(words)
    if found is None:
        return {"words": words, "tenths": 0}
    if found.tenths is not None:
        return {"words": words, "tenths": found.tenths}
    return {"words": words, "typed": found.typed, "maybe": found.maybe}


# --- which child ----------------------------------------------------------------------------------------------


def _candidates(talk: Talk) -> tuple[ChildRow, ...]:
    request, number = talk.request, talk.draft.get("number")
    if number is None:
        return ()
    seen = [
        one.id or 0
        for one in cohorts.list_open(request.session)
        if may_see(request.work, who(request), one.id or 0)
    ]
    return of_own_schools(
        request.work, who(request), children.list_children(request.session, seen, number=number)
    )


def _ask_child(talk: Talk) -> Screen:
    """Nobody has the number, who has it is gone, or children of two angkatan have it."""
    found = [row for row in _candidates(talk) if row.is_present]
    kept = "\n" + _kept(talk)
    if found:
        code = child_code(talk.draft["number"])
        picks = [
            button(f"{code} · {brief_cohort(row.cohort)}", "incident_child", _key(talk), row.child.id or 0)
            for row in found
        ]
        return _("Of which angkatan is No. {number}?").format(number=code) + kept, rows(picks)
    return _no_child(talk) + kept, ()


def _no_child(talk: Talk) -> str:
    code = child_code(int(talk.draft["number"]))
    today = talk.today
    for row in _candidates(talk):
        until = row.membership.until_on
        if until is not None:
            said = _("No. {number} is not here any more since {day}.").format(
                number=code, day=plain_date_words(until, today)
            )
            return f"{said} " + _("Which number is it? Type it.")
    said = _("There is no child No. {number} in an angkatan that is yours to see.").format(number=code)
    return f"{said} " + _("Which number is it? Type it.")


def _kept(talk: Talk) -> str:
    words = str(talk.draft.get("words") or "")
    return _("I keep your words: “{words}”").format(words=esc(words)) if words else ""


def _or_of_another(read: Callable[[Talk], Any]) -> Callable[[Talk], Any]:
    """Read an answer about the child; a report that names another one is asked about by itself."""

    def reader(talk: Talk) -> Any:
        text = talk.request.text or ""
        named = {
            (_child_and_words(talk.request, one) or (0, ""))[0] for one in reports_in(talk.request, text)
        }
        if named - {talk.draft.get("number")} and set_aside(talk.request, text, alone=True):
            return reply()
        return read(talk)

    return reader


def _read_child(talk: Talk) -> int:
    typed = (talk.request.text or "").strip().casefold().removeprefix("no").strip(" .")
    if not typed.isdecimal() or len(typed) > 4:
        raise NotAnAnswerError(_("Type the number of the child, for example 012."))
    talk.draft["number"] = int(typed)
    return 0


def _is_child(talk: Talk, child_id: int) -> int:
    """The child, if there is exactly one of the number; else it is asked anew."""
    if child_id:
        return visible_child(talk.request.work, who(talk.request), child_id).child.id or 0
    present = [row for row in _candidates(talk) if row.is_present]
    if len(present) == 1:
        return present[0].child.id or 0
    raise NotAnAnswerError("")


def on_child(request: Request) -> Reply:
    """Of which angkatan the number is."""
    return REPORT.take(request, "child", pressed(request, 1))


# --- what happened ---------------------------------------------------------------------------------------------


def _row(talk: Talk) -> ChildRow:
    return visible_child(talk.request.work, who(talk.request), int(talk.draft["child"]))


def _who_words(request: Request, row: ChildRow) -> str:
    log_read(request.work, "incident", child_id=row.child.id)
    number = _("No. {number}").format(number=child_code(row.child.number))
    return f"{cohort_prefix(request.session, row.cohort)}<b>{number} · {esc(row.child.name)}</b>"


def _ask_words(talk: Talk) -> Screen:
    asked = _("What happened? Write it in one message, for example: fever 38.5, was given paracetamol.")
    return f"{_who_words(talk.request, _row(talk))}\n{asked}", ()


def _is_words(talk: Talk, words: str) -> str:
    talk.draft.update({"said_at": _said_at(talk.request), **_reported(words)})
    return words


def _ask_temperature(talk: Talk) -> Screen:
    maybe = talk.draft.get("maybe")
    typed = esc(str(talk.draft.get("typed")))
    no = button(_("It is no temperature"), "incident_heat", _key(talk), 0)
    if maybe is None:
        asked = _("“{typed}” is not the temperature of a body. How much is it? Type it, for example 38.5.")
        return asked.format(typed=typed), ((no,),)
    yes = button(degrees(maybe), "incident_heat", _key(talk), maybe, style="success")
    asked = _("You wrote “{typed}”. Is {degrees} meant? If not, type the temperature.")
    return asked.format(typed=typed, degrees=degrees(maybe)), ((yes, no),)


def _read_temperature(talk: Talk) -> int:
    found = read_temperature(talk.request.text or "")
    if found is None or found.tenths is None:
        raise NotAnAnswerError(_("Type the temperature in degrees, for example 38.5."))
    return found.tenths


def on_temperature(request: Request) -> Reply:
    """What was meant; 0: no temperature."""
    tenths = pressed(request, 1)
    talk = REPORT.talk(request, "tenths")
    if talk is not None and tenths not in (0, talk.draft.get("maybe")):
        return reply(Toast(_("This button is no longer valid.")))
    return REPORT.take(request, "tenths", tenths)


def degrees(tenths: int) -> str:
    """ "38,5 °C"."""
    return f"{tenths // 10},{tenths % 10} °C"


# --- said back -------------------------------------------------------------------------------------------------


def _look(talk: Talk) -> Screen:
    request, row = talk.request, _row(talk)
    words, tenths = str(talk.draft["words"]), int(talk.draft["tenths"])
    lines = [
        _("Record this incident?"),
        _who_words(request, row),
        f"“{esc(words)}”",
        *_facts_in(words, tenths or None),
    ]
    for one in queries.list_open_of(request.session, row.child.id or 0)[:1]:
        lines.append(
            _("Open already: {words} · {who}, {when}").format(
                words=what_words(request, one),
                who=esc(name_of(request.session, one.reported_by_id) or ""),
                when=moment_words(one.reported_at, request.now, request.institution.zone),
            )
        )
    lines.append(_told_words(request, row, rules.is_grave(request.work, words, tenths or None)))
    return "\n".join(lines), ((button(_("Yes, record"), "incident_yes", _key(talk), style="success"),),)


def _told_words(request: Request, row: ChildRow, grave: bool) -> str:
    names = [esc(one.name) for one in _others(request, row)]
    if not names:
        return _("Nobody else is in Pandu who looks after it: please tell a colleague yourself.")
    at = after_quiet(request.now, request.institution.zone)
    if at > request.now and not grave:
        said = _("{names} will be told at {clock}. If it is grave, call, or write “grave” in the report.")
        return said.format(names=", ".join(names), clock=clock_words(at, request.institution.zone))
    return _("{names} will be told at once.").format(names=", ".join(names))


def _others(request: Request, row: ChildRow) -> list[Any]:
    told = rules.told_of(request.work, row.child.cohort_id)
    return [one for one in told if one.id != who(request).id]


def _read_more(talk: Talk) -> Reply:
    """More words while it is looked at: they belong to the report."""
    more = note_said(talk.request)
    found = {key: value for key, value in _reported(more).items() if key != "words"}
    gone = ("tenths", "typed", "maybe", ASK) if find_temperature(more) is not None else (ASK,)
    kept = {key: value for key, value in talk.draft.items() if key not in gone}
    kept["words"] = f"{kept['words']}; {more}"
    return REPORT.go_on(replace(talk, draft={**found, **kept}))


def _record(talk: Talk) -> Reply:
    request, row = talk.request, _row(talk)
    said_at = str(talk.draft.get("said_at") or "")
    work = replace(request.work, said_at=datetime.fromisoformat(said_at)) if said_at else request.work
    found, told = rules.report(
        work, row.child.id or 0, str(talk.draft["words"]), int(talk.draft["tenths"]) or None
    )
    number = _("No. {number}").format(number=child_code(row.child.number))
    said = "✅ " + _("The incident of {number} is recorded.").format(number=number)
    if told:
        said += "\n" + _told_words(request, row, found.is_grave)
        said += " " + _("You will hear what came of it.")
    keyboard = ((_to_incident(found), to_list()),)
    return screen(request, said, keyboard)


def _to_incident(found: Incident) -> Button:
    return button(_("Open"), "incident_open", found.id or 0)


# --- the page, and what came of it -----------------------------------------------------------------------------


def on_open(request: Request) -> Reply:
    """One incident: who, what, when; its result, or what asks for it. Logged."""
    return show_incident(request, rules.find(request.work, pressed(request)))


def show_incident(request: Request, found: Incident, above: str = "") -> Reply:
    """The page of an incident."""
    row = visible_child(request.work, who(request), found.child_id)
    zone = request.institution.zone
    lines = [
        *([above, ""] if above else []),
        _who_words(request, row),
        esc(row.school.name),
        what_words(request, found)[:1].upper() + what_words(request, found)[1:],
    ]
    lines += _facts_in(found.words or "", found.tenths)
    lines.append(
        _reported_words(found.kind).format(
            who=esc(name_of(request.session, found.reported_by_id) or ""),
            when=moment_words(found.reported_at, request.now, zone),
        )
    )
    if found.seen_at is not None:
        lines.append(
            _("Seen by {who}, {when}.").format(
                who=esc(name_of(request.session, found.seen_by_id) or ""),
                when=moment_words(found.seen_at, request.now, zone),
            )
        )
    buttons = [button(_("The child"), "child_card", found.child_id), to_list()]
    if found.closed_at is not None:
        closed = _("Result: {result} · {who}, {when}") if found.result else _("Taken back by {who}, {when}.")
        lines.append(
            closed.format(
                result=esc(found.result or ""),
                who=esc(name_of(request.session, found.closed_by_id) or ""),
                when=moment_words(found.closed_at, request.now, zone),
            )
        )
    elif rules.may_close(request.work, who(request)):
        buttons.insert(0, button(_("Note the result"), "incident_close", found.id or 0, style="success"))
        if found.seen_at is None:
            buttons.insert(1, button(_("I see to it"), "incident_seen", found.id or 0))
    else:
        lines.append(_("Open: the result is still to come."))
    return screen(request, "\n".join(lines), rows(buttons))


def _facts_in(words: str, tenths: int | None) -> list[str]:
    """The temperature and what was done, each by itself (HTML): who must act sees them at a glance."""
    heat = [] if tenths is None else [_("Temperature {degrees}").format(degrees=degrees(tenths))]
    done = find_treatment(words)
    return [*heat, *([_("Done: {what}").format(what=esc(done))] if done else [])]


def what_words(request: Request, found: Incident) -> str:
    """What it is about: the words of a report, a mark, weight that was lost (HTML)."""
    if found.kind == IncidentKind.LOST:
        return _("lost {weight} since the weighing before").format(weight=kilos(found.lost_g or 0))
    if found.kind == IncidentKind.MARKED:
        return _("marked for {role}").format(role=esc(looking_after(request.institution.pack.unit)))
    return f"“{esc(found.words or '')}”"


def _reported_words(kind: IncidentKind) -> str:
    return {
        IncidentKind.REPORTED: _("Reported by {who}, {when}."),
        IncidentKind.MARKED: _("Marked by {who}, {when}."),
        IncidentKind.LOST: _("Weighed by {who}, {when}."),
    }[kind]


def on_seen(request: Request) -> Reply:
    """[Saya lihat]: whoever looks reads by whom it is seen to."""
    return show_incident(request, rules.see(request.work, pressed(request)))


def on_list(request: Request) -> Reply:
    """What is open and the officer must act on, grave ones first; number: the angkatan, 0: of all."""
    officer, cohort_id = who(request), further(request, 0)
    found = rules.open_for(request.work, officer, cohort_id or None)
    if not found:
        said = (
            _("Nothing about a child waits for an answer.")
            if rules.may_close(request.work, officer)
            else _("Who looks after the children answers this; on the child's page it says what came of it.")
        )
        return screen(request, said, ((to_list(),),))
    shown = found[:LIST_MAX]
    log_reads(request.work, "incidents", [one.incident.child_id for one in shown])
    lines = [_("Open about children: {count}").format(count=len(found))]
    lines += [f"{place}. {_line(request, one)}" for place, one in enumerate(shown, start=1)]
    if len(found) > LIST_MAX:
        lines.append(_("and {count} more").format(count=len(found) - LIST_MAX))
    keyboard = numbers("incident_open", [one.incident.id or 0 for one in shown])
    return screen(request, "\n".join(lines), (*keyboard, (to_list(),)))


def _line(request: Request, one: OpenIncident) -> str:
    """ "No. 012 · “demam 38,5” · 14.10, belum dilihat" (HTML)."""
    found = one.incident
    cohort = request.session.get_one(Cohort, one.cohort_id)
    number = _("No. {number}").format(number=child_code(one.number))
    seen = name_of(request.session, found.seen_by_id)
    state = _("seen by {who}").format(who=esc(seen)) if seen else _("not seen yet")
    when = moment_words(found.reported_at, request.now, request.institution.zone)
    grave = "❗ " if found.is_grave else ""
    prefix = cohort_prefix(request.session, cohort)
    return f"{grave}{prefix}{number} · {what_words(request, found)} · {when}, {state}"


def open_words(found: Sequence[OpenIncident]) -> str:
    """ "Kejadian terbuka 2: No. 012, 017 (1 belum dilihat)": numbers only, for a list or a head's status."""
    numbers_ = ", ".join(dict.fromkeys(child_code(one.number) for one in found[:NUMBERED]))
    if len(found) > NUMBERED:
        numbers_ += ", …"
    said = _("Open about children {count}: No. {numbers}").format(count=len(found), numbers=numbers_)
    unseen = sum(one.incident.seen_at is None for one in found)
    return said + (" " + _("({count} not seen yet)").format(count=unseen) if unseen else "")


def incident_lines(request: Request, child_id: int) -> tuple[list[str], list[Button], bool]:
    """What is open on the card of a child, the buttons, and whether a mark for the nurse is among it."""
    found = queries.list_open_of(request.session, child_id)
    lines, buttons = [], []
    for one in found[:LISTED]:
        when = moment_words(one.reported_at, request.now, request.institution.zone)
        seen = name_of(request.session, one.seen_by_id)
        state = ", " + _("seen by {who}").format(who=esc(seen)) if seen else ""
        lines.append(f"• {what_words(request, one)}, {when}{state}")
        clock = clock_words(one.reported_at, request.institution.zone)
        label = _("Incident {clock}") if one.kind == IncidentKind.REPORTED else _("Flag {clock}")
        buttons.append(button(label.format(clock=clock), "incident_open", one.id or 0))
    return lines, buttons, any(one.kind == IncidentKind.MARKED for one in found)


def _results() -> dict[str, str]:
    return {
        "better": _("Is better"),
        "clinic": _("Taken to the clinic"),
        "home": _("Fetched by the parents"),
    }


def _ask_result(talk: Talk) -> Screen:
    found = rules.find(talk.request.work, int(talk.draft["incident"]))
    row = visible_child(talk.request.work, who(talk.request), found.child_id)
    text = _who_words(talk.request, row) + f"\n{what_words(talk.request, found)}\n"
    picks = [button(words, "incident_result", found.id or 0, tag=name) for name, words in _results().items()]
    return text + _("What came of it? Choose, or write it."), rows(picks)


def on_close(request: Request) -> Reply:
    """[Catat hasil]."""
    found = rules.find(request.work, pressed(request))
    if found.closed_at is not None:
        return show_incident(request, found)
    return RESULT.begin(request, {"incident": found.id})


def on_result(request: Request) -> Reply:
    """One of the usual results."""
    words = _results().get(request.press.word if request.press is not None else "")
    if words is None:
        return on_open(request)
    return RESULT.take(request, "result", words)


def _close(talk: Talk) -> Reply:
    found = rules.close(talk.request.work, int(talk.draft["incident"]), str(talk.draft["result"]))
    return show_incident(talk.request, found, "✅ " + _("Noted, and told to who reported it."))


def _cancel_report(talk: Talk) -> Button:
    return button(_("Cancel"), "incident_stop", _key(talk))


def _key(talk: Talk) -> int:
    """Which report: a button of another one does nothing to it."""
    return int(talk.draft.get("key") or 0)


def _asked_elsewhere(_request: Request) -> Reply:
    return reply(Toast(_("That report was answered or left. If it is not recorded yet, type it again.")))


def _cancel_result(talk: Talk) -> Button:
    return button(_("Cancel"), "incident_open", int(talk.draft["incident"]))


REPORT = Dialog(
    "incident_report",
    (
        Field("child", _ask_child, _or_of_another(_read_child), check=_is_child, says=True),
        Field("words", _ask_words, _or_of_another(typed_words), check=_is_words),
        Field("tenths", _ask_temperature, _or_of_another(_read_temperature)),
        Field("sure", _look, _or_of_another(_read_more)),
    ),
    _record,
    _cancel_report,
    about="key",
    elsewhere=_asked_elsewhere,
    plain=lambda talk: bool(reports_in(talk.request, talk.request.text or "")),
    buttons=frozenset(["incident_child", "incident_heat", "incident_yes", "incident_stop"]),
)
RESULT = Dialog(
    "incident_result",
    (Field("result", _ask_result, typed_words),),
    _close,
    _cancel_result,
    about="incident",
    elsewhere=is_over,
)
ROUTES = Routes(
    About.NOTHING,
    presses={
        "incident_new": on_report,
        "incident_child": on_child,
        "incident_heat": on_temperature,
        "incident_yes": REPORT.confirm,
        "incident_stop": REPORT.leave,
        "incident_open": on_open,
        "incident_list": on_list,
        "incident_seen": on_seen,
        "incident_close": on_close,
        "incident_result": on_result,
    },
    dialogs=(REPORT, RESULT),
)
