"""An answer belongs to the question that was on the phone when it was typed.

Every topic is read through a `Question`, and there the decision is made once: what came at least two seconds after
the question, by Telegram's dates alone, is an answer; what came before, or after something that did, is kept in
order and proposed on one screen. Nothing is dropped, and nothing is filed by guess. Taps say themselves what they
are about; so do words that name it ("12 23,5"): see `is_plain`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from handlers.ui import asides, conversation
from handlers.ui.conversation import Life
from handlers.ui.fallbacks import on_text, way_on
from handlers.ui.request import (
    Action,
    Button,
    Delete,
    Edit,
    Keyboard,
    Reply,
    Request,
    Say,
    Toast,
    button,
    pressed,
    reply,
    rows,
)
from handlers.ui.words import TEXT_MAX, _, clip, echo, esc, more, shorten
from storage.tables import Conversation

WHOLE_MAX = 300  # characters of an answer that is asked about; a longer one is folded
FOLDED_MAX = 2000  # characters of a folded one; it is kept whole

PARTS_MAX = 100  # answers in one message

Word = dict[
    str, Any
]  # a kept answer: text, message_id, stamp (its own number), sent_at (ISO, Telegram's), said_at (ISO, for its day), early
Handler = Callable[[Request], Reply]


@dataclass(frozen=True)
class Place:
    """What an answer may be for. `key` is the question's own (a child's id), `label` goes on a button."""

    key: int
    label: str


THIS = 0  # key of the question as it stands


class Question:
    """How the words of a topic are read. A topic that asks about one thing after the other overrides `places`.

    Args:
        read: reads the words of the request as the answer.
        at_once: whatever is typed says itself what it is about (rows of a list), or changes nothing (a search).
        life: how long they are one.
        buttons: verbs of the buttons that don't leave it, though they may not ask it anew.
        gives_way: orders, reports and photos are no answer to it.
    """

    life: Life = Life.OPEN
    buttons: frozenset[str] = frozenset()
    gives_way: bool = False

    def __init__(
        self, read: Handler, *, at_once: bool = False, life: Life = Life.OPEN,
        buttons: frozenset[str] = frozenset(), gives_way: bool = False,
    ) -> None:  # fmt: skip
        self.read = read
        self._at_once = at_once
        self.life, self.buttons, self.gives_way = life, buttons, gives_way

    def __call__(self, request: Request) -> Reply:
        """Read what was sent, or keep words that came too early."""
        row = conversation.current(request)
        if request.kind != "text" or row is None:
            return self.read(request)
        if self.sets_aside(request):
            return _put(request, row.card_message_id, *_shown(request, row, self))
        early = conversation.is_early(request, row)
        if not (early or self.is_doubtful(request)) or self.is_plain(request):
            return self.read(request)
        return _keep(request, row, self, early)

    def is_plain(self, request: Request) -> bool:
        """Whether the words say themselves what they are about, so that it does not matter when they came."""
        return self._at_once

    def is_doubtful(self, request: Request) -> bool:
        """Whether words in good time are kept and asked about all the same."""
        return False

    def sets_aside(self, request: Request) -> bool:
        """Whether the words are no answer but say what else they are about, and are kept beside the question now."""
        return False

    def parts(self, request: Request) -> list[str]:
        """The answers that the words hold: several lines may be as many."""
        return [request.text or ""]

    def waits(self, request: Request) -> bool:
        """Whether something else has to be answered first: kept answers are for what comes after it."""
        return False

    def places(self, request: Request) -> tuple[Place, ...]:
        """What the kept answers may be for, in order; empty when the question asks about one thing."""
        return ()

    def fits(self, request: Request, place: Place, words: str) -> bool:
        """Whether `words` can be the answer for `place`, so that it may be proposed together with others."""
        return True

    def choices(self, request: Request, words: str) -> tuple[Place, ...]:
        """What one kept answer may be for: the buttons under it."""
        return (Place(THIS, _("Yes")),)

    def sentence(self, request: Request, words: str) -> str:
        """What is asked about one kept answer (HTML)."""
        return _("Is that the answer?")

    def assign(self, request: Request, key: int) -> Reply:
        """Read the words of the request as the answer for this place."""
        return self.read(request)

    def is_done(self, request: Request, key: int) -> bool:
        """Whether the place has its answer, and the next one is asked about."""
        return False

    def said(self, request: Request) -> str:
        """What was just recorded (HTML), above the proposal; "" when the question itself stands there."""
        return ""

    def labelled(self, request: Request, places: Sequence[Place]) -> tuple[Place, ...]:
        """The places as they are shown: with names, whose look is logged."""
        return tuple(places)

    def rests(self, request: Request, task_id: int) -> tuple[Place, ...]:
        """When the topic has ended: what words that were still on their way may belong to."""
        return ()


# --- kept -----------------------------------------------------------------------------------------------------


def _keep(request: Request, row: Conversation, question: Question, early: bool) -> Reply:
    conversation.keep(
        request, row, [*conversation.kept(row), *_words(request, question.parts(request), early)]
    )
    return _put(request, row.card_message_id, *_shown(request, row, question))


def _shown(request: Request, row: Conversation, question: Question) -> tuple[str, Keyboard]:
    """What stands on the card now: the kept answers or the question, and what is kept beside it."""
    screen = _proposal(request, row, question) if conversation.kept(row) else _card(row)
    return asides.below(row, *screen)


def _put(request: Request, card_id: int | None, text: str, keyboard: Keyboard) -> Reply:
    """Show it in place of the card, if there is one; what was typed goes: it stands there now."""
    show: Action = (
        Say(text, keyboard, protect=True, card=True)
        if card_id is None
        else Edit(text, keyboard, message_id=card_id, protect=True, card=True)
    )
    return reply(show) if request.message_id is None else reply(show, Delete(request.message_id))


def _words(request: Request, parts: Sequence[str], early: bool) -> list[Word]:
    sent_at = (request.message_sent_at or request.now).isoformat()
    said_at = (request.work.said_at or request.now).isoformat()
    first = (request.message_id or 0) * PARTS_MAX
    return [
        {
            "text": one,
            "message_id": request.message_id,
            "stamp": first + place,
            "sent_at": sent_at,
            "said_at": said_at,
            "early": early,
        }
        for place, one in enumerate(parts[:PARTS_MAX])
    ]


def _proposal(request: Request, row: Conversation, question: Question) -> tuple[str, Keyboard]:
    """The kept answers under the question: after it, all together, or the first one."""
    words = conversation.kept(row)
    asked, keyboard = _card(row)
    if question.waits(request):
        return _below(asked, _waiting(words)), keyboard
    stamp = int(words[0]["stamp"])
    places = question.places(request)[: len(words)]
    named = conversation.named(row)
    if named and [place.key for place in places][: len(named)] != named:  # somebody has recorded one of them
        row.draft = {**row.draft, conversation.EACH: True}
    if not row.draft.get(conversation.EACH) and _in_order(request, question, words, places):
        row.draft = {**row.draft, conversation.PLACES: [place.key for place in places]}
        request.session.add(row)
        sent = _("You sent: {answers}.")
        if any(word["early"] for word in words):
            sent = _("Before the next question was on your phone you sent: {answers}.")
        text = sent.format(answers=_listed(words))
        text += " " + _("For {places}, in this order?").format(
            places=esc(", ".join(one.label for one in question.labelled(request, places)))
        )
        yes = button(_("Yes"), "answer_yes", len(words), stamp, style="success")
        each = button(_("Ask one by one"), "answer_each", stamp)
        return _joined(question.said(request), text), ((yes, each),)
    first = str(words[0]["text"])
    choices = question.labelled(request, question.choices(request, first))
    picks = [button(one.label, "answer_for", one.key, stamp) for one in choices]
    ignore = button(_("Ignore it"), "answer_skip", stamp)
    behind = _waiting(words[1:]) if len(words) > 1 else ""
    if places:
        lines = [question.said(request), question.sentence(request, first)]
        if words[0]["early"] and not row.draft.get(conversation.EACH):
            lines[1] += " " + _("It was sent before the next question was on your phone.")
        return _joined(*lines, behind), (*rows(picks, 3), (ignore,))
    came = quoted(first)
    if words[0]["early"]:
        came = _("Before this question was on your phone you sent: {words}").format(words=came)
    text = _below(asked, came, question.sentence(request, first), behind)
    return text, (*rows([*picks, ignore]), *keyboard)


def _in_order(request: Request, question: Question, words: Sequence[Word], places: Sequence[Place]) -> bool:
    """Whether there is a place for each of several answers, and each could be one."""
    if len(words) < 2 or len(places) < len(words):
        return False
    return all(
        question.fits(request, place, str(word["text"])) for word, place in zip(words, places, strict=True)
    )


def quoted(words: str) -> str:
    """The officer's words, said back whole (HTML); long ones are folded."""
    if len(words) > WHOLE_MAX:
        return more(esc(shorten(words, FOLDED_MAX)))
    return f"“{esc(words)}”"


def _listed(words: Sequence[Word]) -> str:
    return " · ".join(echo(str(word["text"])) for word in words)


def _waiting(words: Sequence[Word]) -> str:
    return _("After this I ask about: {answers}").format(answers=_listed(words))


def _joined(*parts: str) -> str:
    return clip("\n".join(part for part in parts if part))


def _below(asked: str, *lines: str) -> str:
    """The lines under the question; when both are too long for one message, the question is cut."""
    tail = clip(_joined(*lines), TEXT_MAX - 500)
    return _joined(clip(asked, TEXT_MAX - len(tail) - 1), tail)


def _card(row: Conversation) -> tuple[str, Keyboard]:
    """The question as it was shown; an empty one when an earlier version asked it."""
    text, lines = cast("list[Any]", row.draft.get(conversation.CARD) or ["", []])
    return str(text), tuple(tuple(Button(*one) for one in line) for line in lines)


# --- what the officer says to the proposal ----------------------------------------------------------------------


class Answers:
    """The buttons of the proposal, and what every reply to an officer with kept answers shows.

    Args:
        topics: the questions by topic.
        take: does what words kept beside a question are about; the request says them.
    """

    def __init__(
        self, topics: Mapping[str, Question], take: Callable[[Request, asides.Aside], Reply]
    ) -> None:
        self._topics = topics
        self._take = take

    @property
    def presses(self) -> dict[str, Handler]:
        """By the verb of the button."""
        return {
            "answer_yes": self.on_yes,
            "answer_each": self.on_each,
            "answer_for": self.on_for,
            "answer_skip": self.on_skip,
            "answer_aside": self.on_aside,
            "answer_pass": self.on_pass,
        }

    def on_yes(self, request: Request) -> Reply:
        """[Ya]: all of them in order, if what the proposal named is still to be answered; else each is asked about."""
        row, question, words = self._present(request)
        count = pressed(request)
        if row is None or not words or words[0]["stamp"] != pressed(request, 1):
            return self._as_it_is(request)
        places = question.places(request)[:count]
        keys = [place.key for place in places]
        if keys != conversation.named(row)[:count] or not _in_order(request, question, words[:count], places):
            return self.on_each(request)
        return self._assign(request, row, question, keys)

    def on_each(self, request: Request) -> Reply:
        """[Tanya satu-satu]: for whom is each?"""
        row, _question, words = self._present(request)
        if row is not None and words:
            row.draft = {**row.draft, conversation.EACH: True}
            request.session.add(row)
        return self._as_it_is(request)

    def on_for(self, request: Request) -> Reply:
        """What the first of them is for."""
        row, question, words = self._present(request)
        if row is None or not words or words[0]["stamp"] != pressed(request, 1):
            return self._as_it_is(request)
        return self._assign(request, row, question, [pressed(request)])

    def on_skip(self, request: Request) -> Reply:
        """[Abaikan]: the first of them was no answer."""
        row, _question, words = self._present(request)
        if row is None or not words or words[0]["stamp"] != pressed(request):
            return self._as_it_is(request)
        conversation.keep(request, row, words[1:])
        return self._as_it_is(request)

    def on_aside(self, request: Request) -> Reply:
        """[Ya, catat] below a question: its card stays, with what was recorded above it, or what is asked first below."""
        row, question, _words = self._present(request)
        word = asides.take(request, pressed(request))
        if row is None or word is None:
            return self._as_it_is(request)
        typed = _as_typed(request, word)
        if row.topic == conversation.AFTER or row.card_message_id != request.message_id:
            return self._take(replace(typed, press=request.press, message_id=request.message_id), word)
        asked = conversation.questions(row)[0]
        text, keyboard = _shown(request, row, question)
        answer = self._take(typed, word)
        said = answer.actions[0]
        if conversation.questions(row)[0] != asked or not isinstance(said, Say):
            return reply(Edit(text, keyboard, protect=True), *answer.actions)
        return reply(Edit(_joined(said.text, text), keyboard, protect=True, card=True))

    def on_pass(self, request: Request) -> Reply:
        """[Tidak]: it is about nothing that is recorded."""
        row = conversation.row_of(request)
        word = asides.take(request, pressed(request))
        is_card = (
            row is not None and row.topic != conversation.AFTER and row.card_message_id == request.message_id
        )
        if word is None or is_card:
            return self._as_it_is(request)
        return reply(Edit(_("Nothing is recorded."), way_on(), protect=True))

    def _present(self, request: Request) -> tuple[Conversation | None, Question, list[Word]]:
        row = conversation.row_of(request)
        if row is None:
            return None, Question(on_text), []
        topic = row.topic if row.topic != conversation.AFTER else conversation.ended(row)[0]
        return row, self._topics.get(topic, Question(on_text)), conversation.kept(row)

    def _as_it_is(self, request: Request) -> Reply:
        """The proposal as it stands now; the question when nothing is kept any more."""
        row, question, words = self._present(request)
        if row is None:
            return reply(Toast(_("That was noted before.")))
        if row.topic == conversation.AFTER:
            if not words:
                return reply(Edit(_("Nothing more is asked."), way_on(), protect=True))
            return reply(Edit(*self._rest(request, row), protect=True, card=True))
        if words:
            return reply(Edit(*_shown(request, row, question), protect=True, card=True))
        text, keyboard = _card(row)
        conversation.ask_again(request, row)
        return reply(
            Edit(text or _("Please answer the question above."), keyboard, protect=True, card=bool(text))
        )

    def _assign(self, request: Request, row: Conversation, question: Question, keys: Sequence[int]) -> Reply:
        """Read the first kept answers as if they were typed now, each for its place; stops at the first that is not done."""
        words = conversation.kept(row)
        each, named = row.draft.get(conversation.EACH), conversation.named(row)
        if row.topic == conversation.AFTER:
            topic, task_id = conversation.ended(row)
            conversation.keep(request, row, [])
            conversation.ask(request, topic, {}, task_id)
        lines: list[str] = []
        answer = reply()
        for position, key in enumerate(keys, start=1):
            conversation.keep(request, row, [])
            answer = question.assign(_as_typed(request, words[position - 1]), key)
            conversation.keep(request, row, words[position:])
            if position == len(keys) or not question.is_done(request, key):
                break
            lines.append(question.said(request))
        if each and conversation.kept(row):
            row.draft = {**row.draft, conversation.EACH: True, conversation.PLACES: named}
        request.session.add(row)
        return _in_place(answer, "\n".join(line for line in lines if line), words)

    def on_rest(self, request: Request) -> Reply:
        """Words that came before the officer could see that the question had ended: perhaps the rest of the answer."""
        row, question, words = self._present(request)
        if row is None:
            return on_text(request)
        _topic, task_id = conversation.ended(row)
        if task_id is None or not question.rests(request, task_id):
            return reply(not_recorded([request.text or ""], task_id))
        conversation.keep(request, row, [*words, *_words(request, [request.text or ""], True)])
        return _put(request, row.card_message_id if words else None, *self._rest(request, row))

    def _rest(self, request: Request, row: Conversation) -> tuple[str, Keyboard]:
        topic, task_id = conversation.ended(row)
        words = conversation.kept(row)
        stamp = int(words[0]["stamp"])
        lines = [
            _("Before my answer was on your phone you also sent: {words}").format(
                words=quoted(str(words[0]["text"]))
            ),
            _("I have not recorded that. Does it belong to your answer?"),
            *([_waiting(words[1:])] if words[1:] else []),
        ]
        question = self._topics[topic]
        places = question.labelled(request, question.rests(request, task_id or 0))
        picks = [button(one.label, "answer_for", one.key, stamp) for one in places]
        return _joined(*lines), rows([*picks, button(_("Ignore it"), "answer_skip", stamp)])

    def shown(self, request: Request, answer: Reply) -> Reply:
        """The reply as it is said: the question that it asks is noted, and kept answers stand under it."""
        row = conversation.row_of(request)
        assert row is not None, "nothing was ever asked"
        actions = list(answer.actions)
        asks = conversation.asked_by(request, row) is not None and not row.draft.get(conversation.BACK)
        place = _question_in(actions) if asks and row.topic != conversation.AFTER else None
        if place is not None:
            question = actions[place]
            assert isinstance(question, Say | Edit)
            conversation.note_card(request, row, question.text, question.keyboard)
            if conversation.kept(row) or conversation.asides(row):
                shown = _proposal(request, row, self._topics[row.topic]) if conversation.kept(row) else None
                text, keyboard = asides.below(row, *(shown or (question.text, question.keyboard)))
                if (text, keyboard) != (question.text, question.keyboard):
                    actions[place] = replace(question, text=text, keyboard=keyboard, card=True, protect=True)
        lost = conversation.take_lost(request, row)
        if row.topic == conversation.AFTER and conversation.kept(row) and request.press is not None and asks:
            topic, task_id = conversation.ended(row)
            if self._topics[topic].rests(request, task_id or 0):
                actions.append(Say(*self._rest(request, row), protect=True, card=True))
            else:
                lost += conversation.kept(row)
                conversation.keep(request, row, [])
        if lost:  # above the question, which stays the last message
            said = not_recorded([str(word["text"]) for word in lost], None)
            actions.insert(len(actions) if place is None else place, said)
        return Reply((*actions, *asides.left_over(request, row)))


def _as_typed(request: Request, word: Word) -> Request:
    """The kept answer as if it came now."""
    sent_at = datetime.fromisoformat(str(word["sent_at"]))
    said_at = datetime.fromisoformat(str(word.get("said_at") or request.now.isoformat()))
    return replace(
        request,
        work=replace(request.work, said_at=said_at),
        press=None,
        kind="text",
        text=str(word["text"]),
        message_id=word["message_id"],
        message_sent_at=sent_at,
    )


def _in_place(answer: Reply, above: str, words: Sequence[Word]) -> Reply:
    """What was typed is gone already, and the answer takes the place of the proposal. `above`: recorded before it."""
    gone = {word["message_id"] for word in words}
    actions = [one for one in answer.actions if not (isinstance(one, Delete) and one.message_id in gone)]
    place = _question_in(actions)
    if place is not None:
        shown = actions[place]
        assert isinstance(shown, Say | Edit)
        text = _joined(above, shown.text)
        if isinstance(shown, Say):
            shown = Edit(text, shown.keyboard, protect=shown.protect, card=shown.card)
        actions[place] = replace(shown, text=text)
    return Reply(tuple(actions))


def _question_in(actions: Sequence[Action]) -> int | None:
    """Which of the actions shows the question: the card, else the last message without a menu."""
    found = [
        position
        for position, one in enumerate(actions)
        if isinstance(one, Edit) or (isinstance(one, Say) and not one.menu)
    ]
    cards = [position for position in found if getattr(actions[position], "card", False)]
    return next(iter(reversed(cards or found)), None)


def not_recorded(words: Sequence[str], task_id: int | None) -> Say:
    said = " · ".join(map(quoted, words))
    text = _("That came too early, so I have not recorded it: {words}").format(words=said)
    again = () if task_id is None else ((button(_("Open that task"), "task_open", task_id),),)
    return Say(clip(text), (*again, *way_on()), protect=True)
