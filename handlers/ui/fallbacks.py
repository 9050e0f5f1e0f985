"""What matches nothing else: each a helpful sentence, never silence."""

from handlers.ui.request import Button, Keyboard, LeaveChat, Reply, Request, Say, pack, reply
from handlers.ui.words import _, esc, shorten

LONG_TEXT = 1000  # characters; more than that is no answer and no question
QUOTE_MAX = 40  # characters of the officer's words that are said back


def way_on() -> Keyboard:
    """The buttons under every answer that leads nowhere by itself."""
    return ((Button(_("My tasks"), pack("task_list")), Button(_("Help"), pack("help_open"))),)


def on_text(request: Request) -> Reply:
    """Words that answer no question."""
    words = (request.text or "").strip()
    if len(words) > LONG_TEXT:
        return reply(Say(_("That is too long for me to use. I help with the steps of the SOPs."), way_on()))
    return reply(Say(_("I help with the steps of the SOPs. Do you want to see your tasks?"), way_on()))


def on_too_late(request: Request, task_id: int | None) -> Reply:
    """Words after a question that its officer left long ago or for another screen: they are not recorded."""
    sentence = _("The question before is closed, so I have not recorded these words.")
    if task_id is None:
        return reply(Say(sentence, way_on()))
    again = Button(_("Open that task"), pack("task_open", task_id))
    return reply(Say(sentence, ((again,), *way_on())))


def on_unknown_command(request: Request) -> Reply:
    """A command nobody declared."""
    said = esc(shorten((request.text or "/").split(maxsplit=1)[0], QUOTE_MAX))
    return reply(Say(_("I do not know the command {said}. See what I can do:").format(said=said), way_on()))


def on_not_words(request: Request) -> Reply:
    """A sticker, a voice message, a contact, or a location that nobody asked for."""
    if request.kind == "location":
        sentence = _("I am not waiting for a location now. Open the home visit first, then send it.")
    elif request.kind == "sticker":
        sentence = _("Thank you for the sticker. I can only read words and buttons.")
    else:
        sentence = _("I can not read that. Please type it in words, or use the buttons.")
    return reply(Say(sentence, way_on()))


def on_edited(request: Request) -> Reply:
    """A message changed after it was sent: what was recorded stays as it is."""
    return reply(
        Say(
            _("I do not read changes to an old message. Please send the right words as a new message."),
            way_on(),
        )
    )


def on_forward(request: Request) -> Reply:
    """A forwarded message: its words are somebody else's, its buttons are gone."""
    return reply(
        Say(
            _("I can not use a forwarded message. Type it yourself, or open the task from your list."),
            way_on(),
        )
    )


def on_group(request: Request) -> Reply:
    """Added to a group: children's data are never said there."""
    return reply(
        Say(
            _(
                "I only speak with officers one by one, because of the children's data. I am leaving this group."
            )
        ),
        LeaveChat(),
    )
