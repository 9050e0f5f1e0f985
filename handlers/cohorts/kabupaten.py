"""From which Kab/Kota the schools of an angkatan are: one name for all, or a line for each school."""

from handlers.cohorts.cohort_cards import changeable_cohort, on_cohorts, show_changeable, show_cohort
from handlers.ui.dialog import Dialog, Field, Screen, Talk
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import About, Button, Reply, Request, button, pressed, rows
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, echo, esc, ngettext
from sop_flows.actions.cohorts.cohorts import SCHOOL_MAX_CHARACTERS, lacks_kabupaten, set_kabupaten
from sop_flows.core.spelling import fold
from sop_flows.core.work import schools_of
from sop_flows.errors import NotFoundError
from storage.queries import cohorts
from storage.tables import School

OFFERED = 6  # names that other schools have
NAMED = 8  # schools in one question


def on_one(request: Request) -> Reply:
    """[Kab/Kota] of one school."""
    school = request.session.get(School, pressed(request, 1))
    if school is None or school.cohort_id != pressed(request):
        raise NotFoundError
    return KABUPATEN.begin(request, {"cohort_id": school.cohort_id, "school_id": school.id})


def on_pick(request: Request) -> Reply:
    """One that other schools have: of all that are asked about."""
    talk = KABUPATEN.talk(request)
    if talk is None:
        return show_changeable(request)
    offered, place = _offered(talk), pressed(request, 1)
    if not 0 <= place < len(offered):
        return KABUPATEN.go_on(talk)
    return KABUPATEN.taken(talk, {str(school.id): offered[place] for school in _asked(talk)})


def _asked(talk: Talk) -> tuple[School, ...]:
    """The one school, else those of which nothing is known, else all."""
    cohort = changeable_cohort(talk.request, talk.draft["cohort_id"])
    all_of_it = schools_of(talk.request.session, cohort.id or 0)
    if one := [school for school in all_of_it if school.id == talk.draft.get("school_id")]:
        return tuple(one)
    return lacks_kabupaten(talk.request.session, cohort.id or 0) or all_of_it


def _offered(talk: Talk) -> list[str]:
    known = cohorts.list_kabupaten(talk.request.session)
    return list(dict.fromkeys(kabupaten for _school, kabupaten in reversed(known)))[:OFFERED]


def _ask(talk: Talk) -> Screen:
    asked = _asked(talk)
    named = ", ".join(school.name for school in asked[:NAMED]) + (" …" if len(asked) > NAMED else "")
    lines = [_("From which Kab/Kota: {schools}?").format(schools=bold(named))]
    if len(asked) > 1:
        lines.append(_("One name for all, or a line for each school, for example:"))
        lines.append(f"<code>{esc(asked[0].name)}: Lombok Barat</code>")
    picks = [
        button(name, "kabupaten_pick", talk.draft["cohort_id"], place)
        for place, name in enumerate(_offered(talk))
    ]
    return "\n".join(lines), rows(picks)


def _read(talk: Talk) -> dict[str, str]:
    """Of each school that is named, by its id. Raises NotAnAnswerError; then nothing is noted."""
    lines = [line.strip() for line in (talk.request.text or "").splitlines() if line.strip()]
    asked = _asked(talk)
    if len(lines) == 1 and ":" not in lines[0]:
        return {str(school.id): _name(lines[0]) for school in asked}
    by_name = {fold(school.name): school for school in asked}
    found: dict[str, str] = {}
    for line in lines:
        school_name, colon, name = line.rpartition(":")
        school = by_name.get(fold(school_name)) if colon else None
        if school is None:
            said = _("“{words}”: write the school, a colon, and its Kab/Kota. Nothing is noted yet.")
            raise NotAnAnswerError(said.format(words=echo(line)))
        found[str(school.id)] = _name(name)
    return found


def _name(words: str) -> str:
    name = words.strip()
    if not any(letter.isalpha() for letter in name) or len(name) > SCHOOL_MAX_CHARACTERS:
        raise NotAnAnswerError(_("Type the name of the Kab/Kota, for example: Lombok Barat."))
    return name


def _save(talk: Talk) -> Reply:
    cohort = changeable_cohort(talk.request, talk.draft["cohort_id"])
    said = {int(school_id): name for school_id, name in talk.draft["said"].items()}
    set_kabupaten(talk.request.work, cohort.id or 0, said)
    words = ngettext(
        "✅ Kab/Kota of {count} school noted.", "✅ Kab/Kota of {count} schools noted.", len(said)
    )
    return show_cohort(talk.request, cohort, words.format(count=len(said)))


def _stop(talk: Talk) -> Button:
    return button(_("Not now"), "kabupaten_stop", talk.draft["cohort_id"])


KABUPATEN = Dialog(
    "cohort_kabupaten",
    (Field("said", _ask, _read),),
    _save,
    _stop,
    about="cohort_id",
    elsewhere=on_cohorts,
    left=show_changeable,
)
ROUTES = Routes(
    About.NOTHING,
    presses={
        "kabupaten_ask": KABUPATEN.of_button,
        "kabupaten_one": on_one,
        "kabupaten_pick": on_pick,
        "kabupaten_stop": KABUPATEN.leave,
    },
    dialogs=(KABUPATEN,),
)
