"""A dialog is declared: what it asks, how each answer is read, what is done with all of them. One engine asks.

It asks the first field that has no answer, refuses words that are none with a sentence and the question's buttons,
and submits once: a second tap, or one on a button of another question, finds it over. The answers so far are the
draft of the officer's conversation, by the names of the fields.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from handlers.ui import conversation
from handlers.ui.answers import Question
from handlers.ui.conversation import Life
from handlers.ui.questions import NotAnAnswerError, cancel_button, day_said, note_said
from handlers.ui.request import (
    Button,
    Delete,
    Edit,
    Keyboard,
    Reply,
    Request,
    Say,
    Toast,
    further,
    hiding,
    pressed,
    reply,
    screen,
    to_list,
)
from handlers.ui.words import _, clip
from sop_flows.core.notices import Notice
from sop_flows.handbook.typed_days import Prefer
from storage.tables import Conversation

Screen = tuple[str, Keyboard]
ASK = "ask"  # key of the draft: the field that is asked now


@dataclass(frozen=True)
class Talk:
    """A dialog with one officer as it stands. `draft`: the answers so far, and what it was begun with."""

    request: Request
    draft: dict[str, Any]
    task_id: int = 0
    said: str = ""  # why the former answer was none (HTML), for a question that says it itself

    @property
    def today(self) -> date:
        """The institution's local date."""
        return self.request.today

    def day(self, name: str) -> date:
        """An answer that is a day."""
        return date.fromisoformat(str(self.draft[name]))


def buttons_only(_talk: Talk) -> Any:
    """Read words where only a button answers. Raises NotAnAnswerError."""
    raise NotAnAnswerError(_("Please use the buttons."))


@dataclass(frozen=True)
class Field:
    """One question of a dialog.

    Attributes:
        name: key of the answer in the draft.
        ask: the question (HTML) with its buttons; [Batal] comes below unless it is among them.
        read: what was typed or sent as the answer; raises NotAnAnswerError. A `Reply` is said as it is.
        anew: the field to which typed words are another answer: at a last look.
        check: what is kept of an answer, typed or tapped; raises NotAnAnswerError.
        is_asked: whether the dialog asks it at all; else it is only changed at the last look.
        forgets: what was typed goes from the chat, for it may name somebody.
        files: photos and documents are read too.
        says: the question itself says why the former answer was none, and is asked anew.
    """

    name: str
    ask: Callable[[Talk], Screen]
    read: Callable[[Talk], Any] = buttons_only
    check: Callable[[Talk, Any], Any] = lambda _talk, answer: answer
    is_asked: Callable[[Talk], bool] = lambda _talk: True
    forgets: bool = False
    files: bool = False
    says: bool = False
    anew: str = ""


def forget(request: Request) -> tuple[Delete, ...]:
    """Takes what was typed from the chat."""
    return () if request.message_id is None else (Delete(request.message_id),)


def forget_name(request: Request, said: str) -> tuple[Delete, ...]:
    """Takes what was typed from the chat as soon as it is answered: it may be a name, unless it is a number."""
    return () if said.strip().isdecimal() else forget(request)


def typed_words(talk: Talk) -> str:
    """Read a sentence or two. Raises NotAnAnswerError."""
    return note_said(talk.request)


def typed_day(prefer: Prefer) -> Callable[[Talk], date]:
    """Read a day; one without a year, or a weekday, is the last ("past") or the coming one."""
    return lambda talk: day_said(talk.request, prefer)


def is_over(_request: Request) -> Reply:
    """Answer a button of a dialog that is over, whether it did what it asked for or was left: it does nothing now."""
    return reply(Toast(_("That question is over: this button changes nothing any more.")))


def why(ask: Callable[[Talk], Screen], look: Callable[[Talk], Screen] | None = None) -> tuple[Field, ...]:
    """The fields of a dialog that asks why, and with `look` once more whether it is meant."""
    reason = Field("reason", ask, typed_words)
    return (reason,) if look is None else (reason, Field("sure", look, anew="reason"))


def nothing_recorded(request: Request) -> Reply:
    """Say so."""
    return screen(request, _("Nothing is recorded."), ((to_list(),),))


@dataclass(frozen=True, eq=False)
class Dialog(Question):
    """A question and answer, or several.

    Attributes:
        fields: in the order in which they are asked; a last look is the last of them, and never has an answer.
        submit: does it, when no field is left to ask or at the last look's button. The dialog ends with it; a
            NotAnAnswerError that names a field asks that one again.
        cancel: the button that leaves it; by default back to the card of the task.
        about: key of the draft that says what it is about; its buttons say the same with their first number.
        elsewhere: answers a button of a dialog that is over, or that asks something else now.
        left: what its [Batal] leads to, where that is no card of a task.
        guard: raises what a rule refuses to those who may not (any more).
        hides: what takes the place of the last look after the minutes of the pack.
        life: how long words answer it.
        is_card: it is one message, which taps and words change; what was typed goes.
        plain: words that say themselves what they are about, whenever they came.
        buttons: verbs of its buttons that leave it for no other screen.
    """

    topic: str
    fields: tuple[Field, ...]
    submit: Callable[[Talk], Reply]
    cancel: Callable[[Talk], Button] = lambda talk: cancel_button(talk.task_id)
    about: str = ""
    elsewhere: Callable[[Request], Reply] = lambda _request: reply()
    left: Callable[[Request], Reply] = nothing_recorded
    guard: Callable[[Request], object] = lambda _request: None
    hides: Notice | None = None
    life: Life = Life.SHORT
    is_card: bool = False
    plain: Callable[[Talk], bool] = lambda _talk: False
    buttons: frozenset[str] = frozenset()

    @property
    def reads_files(self) -> bool:
        """Whether a photo or document answers one of the fields."""
        return any(field.files for field in self.fields)

    def is_tapped(self, request: Request) -> bool:
        """Whether only a button answers the field that is asked."""
        row = conversation.current(request)
        return (
            row is not None
            and row.topic == self.topic
            and self._field(Talk(request, conversation.draft_of(row))).read is buttons_only
        )

    def is_plain(self, request: Request) -> bool:
        """Whether the words say themselves what they are about."""
        talk = self.talk(request)
        return talk is not None and self.plain(talk)

    def begin(self, request: Request, draft: dict[str, Any] | None = None, *, task_id: int = 0) -> Reply:
        """Ask the first field that `draft` does not answer."""
        self.guard(request)
        return self.go_on(Talk(request, dict(draft or {}), task_id))

    def of_button(self, request: Request) -> Reply:
        """Ask about the task of the button, or whatever `about` says that its first number is."""
        number = pressed(request)
        return (
            self.begin(request, {self.about: number}) if self.about else self.begin(request, task_id=number)
        )

    def talk(self, request: Request, *names: str) -> Talk | None:
        """The dialog as it stands; None when it is over, about something else, or asks none of `names` now."""
        self.guard(request)
        row = conversation.current(request)
        if row is None or row.topic != self.topic:
            return None
        talk = Talk(request, conversation.draft_of(row), row.task_id or 0)
        is_other = (
            request.press is not None and self.about and talk.draft.get(self.about) != further(request, 0)
        )
        return None if is_other or (names and self._field(talk).name not in names) else talk

    def read(self, request: Request) -> Reply:
        """Read what was typed or sent."""
        talk = self.talk(request)
        if talk is None:
            return self.elsewhere(request)
        talk.draft[ASK] = self._field(talk).anew or self._field(talk).name
        field = self._field(talk)
        try:
            if request.kind != "text" and not field.files:
                raise NotAnAnswerError(_("Please answer in words."))
            answer = field.read(talk)
        except NotAnAnswerError as error:
            return self._refuse(talk, error)
        if isinstance(answer, Reply):
            return answer
        said = self.taken(talk, answer)
        return said.and_then(*forget(request)) if field.forgets else said

    def take(self, request: Request, name: str, answer: Any) -> Reply:
        """Take the answer of a button."""
        talk = self.talk(request, name)
        return self.elsewhere(request) if talk is None else self.taken(talk, answer)

    def confirm(self, request: Request) -> Reply:
        """Do it, at the last look."""
        talk = self.talk(request, self.fields[-1].name)
        return self.elsewhere(request) if talk is None else self._submit(talk)

    def leave(self, request: Request) -> Reply:
        """[Batal]: nothing was recorded."""
        conversation.end(request, self.topic)
        return self.left(request)

    def change(self, talk: Talk, name: str, sentence: str = "") -> Reply:
        """Ask a field, again perhaps, with `sentence` (HTML) below it; above it on a card."""
        talk.draft[ASK] = name
        text, keyboard = self.question(talk)
        row = conversation.ask(talk.request, self.topic, talk.draft, talk.task_id or None)
        text = clip("\n\n".join(filter(None, (sentence, text) if self.is_card else (text, sentence))))
        answer = self._shown(talk.request, row, text, keyboard)
        if self.hides is None or self._field(talk) is not self.fields[-1]:
            return answer
        return hiding(answer, self.hides)

    def _shown(self, request: Request, row: Conversation, text: str, keyboard: Keyboard) -> Reply:
        """The question as a message, or in place of the card."""
        if not self.is_card or request.press is not None:
            return screen(request, text, keyboard, card=self.is_card)
        shown = Say(text, keyboard, protect=True, card=True)
        if row.card_message_id is None or request.kind == "command":
            return reply(shown, *forget(request))
        return reply(
            Edit(text, keyboard, message_id=row.card_message_id, protect=True, card=True), *forget(request)
        )

    def question(self, talk: Talk) -> Screen:
        """The field that is asked, as it is shown."""
        text, keyboard = self._field(talk).ask(talk)
        cancel = self.cancel(talk)
        return text, keyboard if any(cancel in line for line in keyboard) else (*keyboard, (cancel,))

    def go_on(self, talk: Talk) -> Reply:
        """Ask the next field, or do it when none is left."""
        missing = self._missing(talk)
        return self.change(talk, missing[0].name) if missing else self._submit(talk)

    def taken(self, talk: Talk, answer: Any) -> Reply:
        """Take an answer, typed or tapped, to the field that is asked."""
        field = self._field(talk)
        try:
            kept = field.check(talk, answer)
        except NotAnAnswerError as error:
            return self._refuse(talk, error)
        talk.draft[field.name] = kept.isoformat() if isinstance(kept, date) else kept
        return self.go_on(talk)

    def next_after(self, talk: Talk) -> str:
        """The field that is asked now, if it has no answer yet; else the next one."""
        missing = self._missing(talk) or [self.fields[-1]]
        return missing[0].name

    def _submit(self, talk: Talk) -> Reply:
        try:
            answer = self.submit(talk)
        except NotAnAnswerError as error:
            return self._refuse(talk, error)
        conversation.end(talk.request, self.topic)
        return answer

    def _refuse(self, talk: Talk, error: NotAnAnswerError) -> Reply:
        """Say why not, with the buttons of the question, which stays."""
        if error.field:
            talk.draft[ASK] = error.field
            conversation.ask(talk.request, self.topic, talk.draft, talk.task_id or None)
        if self._field(talk).says:
            return self.change(replace(talk, said=error.sentence), self._field(talk).name)
        if self.is_card or talk.request.press is not None:
            return self.change(talk, self._field(talk).name, error.sentence)
        text, keyboard = self.question(talk)
        field = self._field(talk)
        is_look = field.read is buttons_only or (field is self.fields[-1] and len(self.fields) > 1)
        whole = (
            f"{error.sentence}\n\n{text}" if is_look else error.sentence
        )  # a yes stands below what it is about
        return reply(Say(clip(whole), error.keyboard or keyboard, protect=True))

    def _field(self, talk: Talk) -> Field:
        named = [one for one in self.fields if one.name == talk.draft.get(ASK)]
        return (named or self._missing(talk) or self.fields)[0]

    def _missing(self, talk: Talk) -> list[Field]:
        return [one for one in self.fields if one.name not in talk.draft and one.is_asked(talk)]
