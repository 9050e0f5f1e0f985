"""What names the child of a shelter case is asked back before it is stored or shown: sent without the name, or somebody
else is meant. What was typed goes from the chat, and is kept sealed until it is answered.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from handlers.ui import conversation
from handlers.ui.answers import not_recorded
from handlers.ui.fallbacks import way_on
from handlers.ui.request import (
    Delete,
    Reply,
    Request,
    Say,
    Subject,
    button,
    pressed,
    reply,
    rows,
    screen,
    who,
)
from handlers.ui.routing import Handler
from handlers.ui.words import _, clip, esc, shorten
from sop_flows.actions.cases.names import Named, names_in, without
from sop_flows.staffing.responsibility import knows, log_read
from storage.tables import Case

ASKS_FOR_NAMES = (
    "case_open",
    "case_data",
)  # topics whose answers are the name, or what is known of the child
_LETTERS = re.compile(r"(?:^|\s)[^\W\d_]{2}")  # what can be a name: no number, no command alone
SHOWN = 600  # characters of the message as it would be sent


class NameGuard:
    """Asks back.

    Args:
        again: answers what was typed as if it came now.
    """

    def __init__(self, again: Handler) -> None:
        self._again = again

    @property
    def presses(self) -> dict[str, Handler]:
        """By the verb of the button."""
        return {"name_without": self.on_without, "name_other": self.on_other}

    def checked(self, request: Request, subject: Subject) -> tuple[Request, Reply | None]:
        """The request; and what is asked back in place of its answer, if it names somebody. A caption says the code name
        instead: the picture can't wait.
        """
        if request.is_group or not _LETTERS.search(request.text or ""):
            return request, None
        found = names_in(
            request.work, request.text or "", lambda case_id: _is_near(request, subject, case_id)
        )
        row = conversation.current(request) if found else None
        if row is not None and row.topic in ASKS_FOR_NAMES:
            return request, None
        if not found:
            if request.kind == "text":
                conversation.keep_named(request, None)
            return request, None
        safe = _safe(request, subject, found)
        if request.kind not in ("text", "command"):
            return replace(request, text=safe), None
        return request, self._ask(request, found, safe)

    def _ask(self, request: Request, found: tuple[Named, ...], safe: str) -> Reply:
        row = conversation.row_of(request)
        stamp = request.message_id or 0
        conversation.keep_named(
            request,
            {
                "stamp": stamp,
                "text": request.text,
                "safe": safe,
                "kind": request.kind,
                "sent_at": (request.message_sent_at or request.now).isoformat(),
                "said_at": (request.work.said_at or request.now).isoformat(),
                "question": None if row is None else [row.topic, row.task_id],
            },
        )
        for one in found:
            log_read(request.work, "name typed", case_id=one.case_id)
        said = [
            "🔒 "
            + _(
                "This names a child whose name is kept secret. It is not stored, and taken away from the chat."
            )
        ]
        buttons = [button(_("Somebody else is meant"), "name_other", stamp)]
        again = _("Type it again without the name.")
        if request.kind == "text":
            said.append(_("Send it like this? “{words}”").format(words=esc(shorten(safe, SHOWN))))
            again = _("Or type it again without the name.")
            buttons.insert(0, button(_("Send without the name"), "name_without", stamp, style="success"))
        for one in found:
            case = request.session.get(Case, one.case_id)
            if case is not None and knows(request.work, who(request), case):
                buttons.append(button(_("Case {code}").format(code=one.code_name), "case_page", one.case_id))
        said.append(again)
        shown = Say(clip("\n".join(said)), rows(buttons), protect=True)
        return reply(shown) if request.message_id is None else reply(shown, Delete(request.message_id))

    def on_without(self, request: Request) -> Reply:
        """[Kirim tanpa nama]."""
        return self._send(request, "safe")

    def on_other(self, request: Request) -> Reply:
        """[Maksudnya orang lain]: as it was typed."""
        return self._send(request, "text")

    def _send(self, request: Request, which: str) -> Reply:
        kept = conversation.named_of(request)
        if kept is None or kept["stamp"] != pressed(request):
            return screen(request, _("That message is not there any more. Please type it again."), way_on())
        conversation.keep_named(request, None)
        row = conversation.row_of(request)
        asked = None if row is None else [row.topic, row.task_id]
        if asked != kept["question"] and kept["question"] is not None:
            return reply(not_recorded([str(kept["safe"])], None), *_gone(request))
        typed = replace(
            request,
            work=replace(request.work, said_at=datetime.fromisoformat(str(kept["said_at"]))),
            press=None,
            kind=str(kept["kind"]),
            text=str(kept[which]),
            message_id=int(kept["stamp"]),
            message_sent_at=datetime.fromisoformat(str(kept["sent_at"])),
        )
        taken = Delete(int(kept["stamp"]))  # when it came
        answer = self._again(typed)
        return Reply(tuple(one for one in answer.actions if one != taken)).and_then(*_gone(request))


def _gone(request: Request) -> tuple[Delete, ...]:
    return () if request.message_id is None else (Delete(request.message_id),)


def _is_near(request: Request, subject: Subject, case_id: int) -> bool:
    """Whether the writer has to do with the child: knows it, or answers about a step of its case."""
    case: Any = request.session.get(Case, case_id)
    is_own = subject.case is not None and subject.case.id == case_id
    return is_own or (case is not None and knows(request.work, who(request), case))


def _safe(request: Request, subject: Subject, found: tuple[Named, ...]) -> str:
    """The words with the code name in place of the name, for whom it is no news; else with none."""
    instead = {
        place: one.code_name if _is_near(request, subject, one.case_id) else _("(a child)")
        for one in found
        for place in one.places
    }
    return without(request.text or "", instead)
