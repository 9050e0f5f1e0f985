"""answerCallbackQuery: the toast or alert after a tap."""

from simulator.arguments import Arguments
from simulator.html_text import utf16_length
from simulator.refusals import bad_request
from simulator.switches import MAX_TOAST
from simulator.world import World

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(world: World, args: Arguments) -> bool:
    """A tap is answered once and in time; after that Telegram no longer knows it."""
    tap = world.taps.get(args.text("callback_query_id"))
    if tap is None or tap.answered or world.timestamp - tap.at > world.switches.answer_taps_within_s:
        raise bad_request(TOO_OLD)
    if utf16_length(args.text("text")) > MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    tap.answered = True
    tap.text = args.text("text") or None
    tap.show_alert = args.flag("show_alert")
    tap.url = args.text("url") or None
    world.changed()
    return True
