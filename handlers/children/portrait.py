"""[Foto anak]: the portrait of a child, shown for some minutes; taken, and taken anew, by who keeps the children."""

from handlers.children.children import show_child
from handlers.ui import conversation
from handlers.ui.dialog import Dialog, Field, Screen, Talk, forget
from handlers.ui.questions import NotAnAnswerError, file_problem
from handlers.ui.request import (
    About,
    Reply,
    Request,
    SendFile,
    button,
    further,
    hiding,
    pressed,
    reply,
    screen,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, child_code
from sop_flows.actions.attachments import set_portrait
from sop_flows.core.notices import FileHidden
from sop_flows.staffing.children import may_keep_children, visible_child
from sop_flows.views.attachments import open_portrait

TOPIC = "child_photo"


def on_photo(request: Request) -> Reply:
    """The portrait, below the card. Second number 1: another one is to be taken; so it is where there is none."""
    row = visible_child(request.work, who(request), pressed(request))
    found = None if further(request, 1) else open_portrait(request.work, who(request), pressed(request))
    if found is None:
        may_take = row.is_present and may_keep_children(request.work, who(request))
        return PORTRAIT.of_button(request) if may_take else show_child(request, pressed(request))
    if not request.institution.cabinet.holds(found.content_key):
        anew = button(_("New photo"), "child_photo", pressed(request), 1)
        back = button(_("‹ Back"), "child_card", pressed(request))
        return screen(request, _("This photo is not in the store any more. Take it anew."), ((anew, back),))
    code = child_code(row.child.number)
    number = _("No. {number}").format(number=code)
    shown = SendFile("stored", {"key": found.content_key}, caption=number, filename=f"foto-anak-{code}.jpg")
    return hiding(reply(shown), FileHidden())


def _ask(talk: Talk) -> Screen:
    row = visible_child(talk.request.work, who(talk.request), int(talk.draft["child"]))
    number = _("No. {number}").format(number=child_code(row.child.number))
    asked = _("Send a photo of the child's face. Who may see the child can open it.")
    return f"{bold(number)}\n{asked}", ()


def _read(talk: Talk) -> Reply:
    """A photo came: it goes from the chat as soon as it is kept. Anything else is asked for again."""
    request, child_id = talk.request, int(talk.draft["child"])
    if problem := file_problem(request):
        raise NotAnAnswerError(problem)
    if request.file is None or not request.file.mime.startswith("image/"):
        raise NotAnAnswerError(_("I am waiting for a photo of the child."))
    row = visible_child(request.work, who(request), child_id)
    above = ""
    if row.is_present:
        set_portrait(request.work, child_id, request.file)
        above = _("✅ The photo of the child is kept.")
    conversation.end(request, TOPIC)
    return show_child(request, child_id, above).and_then(*forget(request))


PORTRAIT = Dialog(
    TOPIC,
    (Field("photo", _ask, _read, files=True),),
    lambda talk: show_child(talk.request, int(talk.draft["child"])),
    lambda talk: button(_("Cancel"), "child_card", int(talk.draft["child"])),
    about="child",
)
ROUTES = Routes(About.NOTHING, presses={"child_photo": on_photo}, dialogs=(PORTRAIT,))
