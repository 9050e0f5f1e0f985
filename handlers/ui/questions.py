"""What counts as an answer, in words."""

from datetime import date

from handlers.ui.request import Button, Keyboard, Request, button
from handlers.ui.words import _, esc, not_a_day, shorten
from sop_flows.actions.attachments import can_be_opened
from sop_flows.handbook.typed_days import Prefer, TypedDay, read_day
from sop_flows.limits import NOTE_MAX_CHARACTERS, VOICE_MAX_MINUTES

NAME_SHOWN = 40  # characters of the name of a file


class NotAnAnswerError(Exception):
    """The words do not answer the question; `sentence` (HTML) asks again.

    `keyboard` stands in place of the question's buttons; `field` of the dialog is asked in its place.
    """

    def __init__(self, sentence: str, keyboard: Keyboard = (), field: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.keyboard, self.field = sentence, keyboard, field


def cancel_button(task_id: int) -> Button:
    """ "Batal": ends the question and shows the task again."""
    return button(_("Cancel"), "task_cancel", task_id)


def note_said(request: Request) -> str:
    """The typed words as a note.

    Raises:
        NotAnAnswerError: empty, longer than NOTE_MAX_CHARACTERS, or without a letter (a weight that was meant
            for the weigh-in must not become the reason for something else).
    """
    words = (request.text or "").strip()
    if not any(letter.isalpha() for letter in words):
        raise NotAnAnswerError(_("Please write it in words, in one or two sentences."))
    if len(words) > NOTE_MAX_CHARACTERS:
        raise NotAnAnswerError(
            _("That is too long. Please write it in at most {limit} characters.").format(
                limit=NOTE_MAX_CHARACTERS
            )
        )
    return words


def file_problem(request: Request) -> str:
    """Why what was sent can't be kept (HTML); "" when it can, or nothing was sent."""
    if request.download_failed == "large":
        return _("That is larger than 20 MB, more than I can take. Send a smaller file, or photos of it.")
    unfit = {
        "pixels": _("This picture is too large to be opened. Take it anew, or send it as a photo."),
        "broken": _("This picture can not be opened. Please send it once more."),
        "locked": _("This PDF has a password. Send it without one, or a photo of the page."),
    }
    if request.download_failed:
        again = _("The file did not come through. Please send it again, at most 20 MB.")
        return unfit.get(request.download_failed, again)
    if request.file is not None and request.file.seconds > VOICE_MAX_MINUTES * 60:
        return _(
            "That voice message is {said} minutes long; at most {minutes} are kept. Say it shorter."
        ).format(said=-(-request.file.seconds // 60), minutes=VOICE_MAX_MINUTES)
    if request.file is not None and not can_be_opened(request.file.mime, request.file.name):
        return _("“{name}” is of a kind that others can't open. Send a photo, PDF, Word or Excel.").format(
            name=esc(shorten(request.file.name, NAME_SHOWN))
        )
    return ""


def when_said(request: Request, prefer: Prefer) -> TypedDay:
    """The typed words as a day, an hour or both. Raises NotAnAnswerError when they are none."""
    words, today = (request.text or "").strip(), request.today
    found = read_day(words, today, prefer)
    if found is None or found.weekday is not None:
        raise NotAnAnswerError(not_a_day(words, today, prefer))
    return found


def day_said(request: Request, prefer: Prefer) -> date:
    """The typed words as a day. Raises NotAnAnswerError when they are none."""
    day = when_said(request, prefer).day
    if day is None:
        raise NotAnAnswerError(not_a_day((request.text or "").strip(), request.today, prefer))
    return day
