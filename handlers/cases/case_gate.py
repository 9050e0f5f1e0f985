"""Before cases open on a phone: a head's yes, and the PIN after some idle minutes, tapped on digits and never typed.

What was tapped or typed meanwhile is kept, sealed, and is done once the PIN is right. The card of an emergency step
needs no PIN, and can be read before the yes: it says the code name only.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from handlers.ui import conversation
from handlers.ui.answers import not_recorded
from handlers.ui.fallbacks import way_on
from handlers.ui.request import (
    About,
    Button,
    Delete,
    Edit,
    Keyboard,
    Reply,
    Request,
    Say,
    Subject,
    button,
    pack,
    parse,
    pressed,
    reply,
    screen,
    to_list,
    who,
)
from handlers.ui.routing import Handler
from handlers.ui.words import _, bold, due_words, esc, ngettext
from sop_flows.actions.people.case_phones import make_pin, shut_pin, try_pin
from sop_flows.core.work import declared
from sop_flows.staffing.case_access import (
    PIN_DIGITS,
    PIN_TRIES,
    is_unlocked,
    keep_unlocked,
    names,
    pin_of,
    waits,
    who_may_say_yes,
)
from sop_flows.staffing.responsibility import knows, sees_cases
from storage.tables import LIVE, Account, CasePin

BACK = 10  # in place of a digit: the last one is taken away
FILES = (
    "photo",
    "document",
    "voice",
    "location",
)  # an answer that can't be kept; it is recorded, and shows nothing
CARD = ("task_open", "task_more", "task_cancel")  # of an emergency, on a phone that waits for a yes
Kept = dict[str, Any]


class CaseGate:
    """Asks before cases open.

    Args:
        again: answers a request that had to wait, as if it came now.
    """

    def __init__(self, again: Handler) -> None:
        self._again = again

    @property
    def presses(self) -> dict[str, Handler]:
        """By the verb of the button."""
        return {
            "pin_key": self.on_key,
            "pin_make": on_make,
            "pin_forgot": on_forgot,
            "pin_forgot_yes": on_forgot_yes,
            "pin_again": on_again,
        }

    def on_key(self, request: Request) -> Reply:
        """A digit, or the last one taken away."""
        account = _phone(request)
        row = pin_of(request.work, account.officer_id)
        typing: Kept = dict(row.typing or {})
        if (refused := _refused(request, account, row)) is not None:
            return refused
        if not typing or typing.get("message_id") not in (None, request.message_id):
            return screen(request, _("This PIN is no longer asked here."), ((_cases(), to_list()),))
        typing["message_id"] = request.message_id
        typing["digits"] = _with_key(str(typing.get("digits") or ""), pressed(request))
        if len(typing["digits"]) < PIN_DIGITS:
            return _keypad(request, row, typing)
        digits, typing["digits"] = typing["digits"], ""
        if typing["mode"] != "make":
            left = try_pin(request.work, account, digits)
            if left == 0:
                return _refused(request, account, row) or reply()
            if left < PIN_TRIES:
                return _keypad(request, row, typing, _wrong(left))
            if typing["mode"] == "change":
                return _keypad(request, row, typing | {"mode": "make"})
        elif "first" not in typing:
            return _keypad(request, row, typing | {"first": digits})
        elif typing.pop("first") != digits:
            return _keypad(request, row, typing, _("The two are not the same. Choose the PIN again."))
        else:
            make_pin(request.work, account, digits)
        row.typing = None
        request.session.add(row)
        return self._done(request, cast("list[Kept]", typing.get("kept") or []))

    def _done(self, request: Request, kept: list[Kept]) -> Reply:
        """What had to wait, in order; the keypad becomes its answer or goes."""
        if not kept:
            return screen(request, "✅ " + _("The PIN is set."), ((_cases(), to_list()),))
        answer = reply()
        for one in kept:
            answer = answer.and_then(*self._answer(request, one).actions)
        is_used = any(isinstance(one, Edit) and one.message_id is None for one in answer.actions)
        if is_used or request.message_id is None:
            return answer
        return answer.and_then(Delete(request.message_id))

    def _answer(self, request: Request, one: Kept) -> Reply:
        if "press" in one:
            return self._again(replace(request, press=parse(one["press"])))
        if "command" in one:  # its press stays: the keypad becomes the screen
            kind = "command" if str(one["command"]).startswith("/") else "text"
            return self._again(replace(request, text=one["command"], kind=kind))
        row = conversation.current(request)
        if row is None or [row.topic, row.task_id] != one["question"]:
            return reply(not_recorded([one["text"]], None))
        typed = replace(
            request,
            press=None,
            kind="text",
            text=one["text"],
            message_id=one["message_id"],
            message_sent_at=datetime.fromisoformat(one["sent_at"]),
        )
        gone = Delete(one["message_id"])  # it was taken away when it came
        return Reply(tuple(action for action in self._again(typed).actions if action != gone))


def forget_near_cases(request: Request, answer: Reply) -> Reply:
    """The answer to words that led nowhere. While cases are open on the phone they may be the name of a child, typed a tap
    too early: they go from the chat.
    """
    account, typed = request.phone, request.message_id
    if account is None or typed is None or not is_unlocked(account, request.now):
        return answer
    return answer.and_then(Delete(typed))


def shut(request: Request, subject: Subject) -> Reply | None:
    """What stands in place of the answer while cases are shut on this phone; None when they are open, or when it is
    nobody's who may know a child."""
    if not subject.is_confidential or subject.about is About.AMONG_OTHERS or request.officer is None:
        return None
    if not sees_cases(request.work, request.officer) and not (
        subject.case is not None and knows(request.work, request.officer, subject.case)
    ):
        return None
    if not _is_emergency(request, subject):
        return _shut(request)
    account = _phone(request)
    shows = request.press is not None and request.press.verb in CARD
    return _still_waiting(request, account) if waits(account, request.now) and not shows else None


def shut_case(request: Request) -> Reply | None:
    """The same for a case that a command about something else leads to."""
    return _shut(request)


def _shut(request: Request) -> Reply | None:
    account = _phone(request)
    if waits(account, request.now):
        return _still_waiting(request, account)
    if is_unlocked(account, request.now):
        keep_unlocked(request.work, account)
        return None
    if request.kind in FILES:
        return None
    row = pin_of(request.work, account.officer_id)
    if (refused := _refused(request, account, row)) is not None:
        return refused
    former = [one for one in cast("list[Kept]", (row.typing or {}).get("kept") or []) if "text" in one]
    typing = {"mode": "make" if row.pin is None else "enter", "kept": [*former, _kept(request)]}
    shown = _keypad(request, row, typing | {"message_id": request.message_id if request.press else None})
    is_typed = request.press is None and request.kind == "text" and request.message_id is not None
    return shown.and_then(Delete(request.message_id or 0)) if is_typed else shown


def _is_emergency(request: Request, subject: Subject) -> bool:
    task = subject.task
    return task is not None and task.state in LIVE and declared(request.session, task)[0].emergency


def _kept(request: Request) -> Kept:
    """What came, to be done later."""
    if request.press is not None:
        press = request.press
        return {"press": pack(press.verb, *press.numbers, word=press.word)}
    row = conversation.current(request)
    if row is None or (request.text or "").startswith("/") or request.kind == "command":
        return {"command": request.text}
    sent_at = request.message_sent_at or request.now
    return {
        "text": request.text,
        "message_id": request.message_id,
        "sent_at": sent_at.isoformat(),
        "question": [row.topic, row.task_id],
    }


def _phone(request: Request) -> Account:
    assert request.phone is not None, "an officer came from no phone"
    return request.phone


# --- the PIN ----------------------------------------------------------------------------------------------------


def on_make(request: Request) -> Reply:
    """[Buat PIN], [Ganti PIN]: the present one first, if there is one."""
    account = _phone(request)
    row = pin_of(request.work, account.officer_id)
    if not sees_cases(request.work, who(request)):
        return screen(request, _("Only who may know cases needs a PIN."), ((to_list(),),))
    if (refused := _refused(request, account, row)) is not None:
        return refused
    mode = "make" if row.pin is None else "change"
    return _keypad(request, row, {"mode": mode, "message_id": request.message_id})


def has_pin(request: Request) -> bool:
    """Whether the officer has made one."""
    return pin_of(request.work, who(request).id or 0).pin is not None


def pin_button(request: Request) -> Button:
    """[🔒 Buat PIN], or [Ganti PIN]."""
    return button(_("Change the PIN") if has_pin(request) else "🔒 " + _("Make a PIN"), "pin_make")


def on_again(request: Request) -> Reply:
    """Back to the digits."""
    account = _phone(request)
    row = pin_of(request.work, account.officer_id)
    if (refused := _refused(request, account, row)) is not None:
        return refused
    return _keypad(request, row, dict(row.typing or {"mode": "enter"}) | {"message_id": request.message_id})


def on_forgot(request: Request) -> Reply:
    """[Lupa PIN]: really?"""
    text = _("Cases stay shut on this phone until {who} has reset the PIN. Ask for that?")
    keyboard = ((button(_("Yes, ask"), "pin_forgot_yes", style="danger"), button(_("Cancel"), "pin_again")),)
    return screen(request, text.format(who=_who_resets(request)), keyboard)


def on_forgot_yes(request: Request) -> Reply:
    """The heads are asked to reset it."""
    account = _phone(request)
    row = pin_of(request.work, account.officer_id)
    if row.pin is not None:
        shut_pin(request.work, account, forgotten=True)
    return _refused(request, account, row) or screen(request, _("There is no PIN yet."), ((_cases(),),))


def _with_key(digits: str, key: int) -> str:
    if key == BACK:
        return digits[:-1]
    return digits + str(key) if 0 <= key <= 9 else digits


def _wrong(left: int) -> str:
    words = ngettext("Wrong PIN. {count} try is left.", "Wrong PIN. {count} tries are left.", left)
    return "⚠️ " + words.format(count=left)


def _keypad(request: Request, row: CasePin, typing: Kept, said: str = "") -> Reply:
    """The digits under what has been tapped so far; in place of the screen that was tapped."""
    row.typing = typing
    request.session.add(row)
    request.session.flush()
    digits = str(typing.get("digits") or "")
    marks = " ".join("●" if place < len(digits) else "○" for place in range(PIN_DIGITS))
    if typing["mode"] != "make":
        asked = _("The present PIN:") if typing["mode"] == "change" else _("Your PIN for cases:")
        hint = _("Emergency steps open without it, from “My tasks”.")
    elif "first" in typing:
        asked, hint = _("The same PIN once more:"), ""
    else:
        asked = _("Choose a PIN for cases, {count} digits:").format(count=PIN_DIGITS)
        hint = _("It is asked after {minutes} minutes without cases. Tell it to nobody.").format(
            minutes=request.institution.pack.unit.access.pin_minutes
        )
    lines = [*([said] if said else []), f"🔒 {bold(asked)}", marks, *([f"<i>{hint}</i>"] if hint else [])]
    return screen(request, "\n".join(lines), _keys(typing["mode"] != "make"))


def _keys(may_forget: bool) -> Keyboard:
    def key(digit: int) -> Button:
        return button(str(digit), "pin_key", digit)

    last = button(_("Forgot PIN"), "pin_forgot") if may_forget else to_list()
    return (
        tuple(map(key, (1, 2, 3))),
        tuple(map(key, (4, 5, 6))),
        tuple(map(key, (7, 8, 9))),
        (last, key(0), button("⌫", "pin_key", BACK)),
        *(((to_list(),),) if may_forget else ()),
    )


def _refused(request: Request, account: Account, row: CasePin) -> Reply | None:
    """Why no PIN helps now; None when one does."""
    if waits(account, request.now):
        return _still_waiting(request, account)
    if row.shut_at is None:
        return None
    text = _("Cases are shut on this phone: the PIN has to be reset. Please call {who}.").format(
        who=_who_resets(request)
    )
    if row.reset_from is not None:
        when = due_words(row.reset_from, request.now, request.institution.zone)
        text = _("Cases are shut on this phone. A new PIN can be made {when}.").format(when=when)
    return _said(request, text)


def _still_waiting(request: Request, account: Account) -> Reply:
    if account.cases_from is not None:
        when = due_words(account.cases_from, request.now, request.institution.zone)
        return _said(request, _("Cases open on this phone {when}.").format(when=when))
    text = _("Cases are not open on this phone yet. {who} has been asked to agree.")
    return _said(request, text.format(who=_who_resets(request)))


def _who_resets(request: Request) -> str:
    """ "Pak Arif atau Ibu Kirana", "operator (pandu grant)" (escaped)."""
    able = who_may_say_yes(request.work, who(request).id or 0)
    return _(" or ").join(map(esc, names(able))) or _("the operator (pandu grant)")


def _said(request: Request, text: str) -> Reply:
    hint = _("Emergency steps open without it, from “My tasks”.")
    said = f"🔒 {text}\n<i>{hint}</i>"
    if request.press is not None:
        return screen(request, said, way_on())
    return reply(Say(said, way_on(), protect=True))


def _cases() -> Button:
    return button(_("Cases"), "case_list")
