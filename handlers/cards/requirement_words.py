"""The checklist of a card: ticked from the data where Pandu knows, with the fact; a box for the officer elsewhere."""

from handlers.ui.words import _, esc, ngettext, shorten
from sop_flows.recording.records import Fact, Served

SERVED_NAMED = 2  # schools on a card; all of them in the question before it is finished


def tick_words(fact: Fact, limit: int | None = None) -> str:
    """ "☐ minimal 5 SD/MI · baru 4" (HTML); with a `limit` the document's words are cut at so many characters, and
    few schools are named."""
    known, words = esc(_plain_words(fact, None if limit is None else SERVED_NAMED)), str(fact.requirement)
    if limit is not None:
        words = shorten(words, limit)
    return f"{'☑' if fact.met else '☐'} {esc(words)}" + (f" · {known}" if known else "")


def unmet_words(fact: Fact) -> str:
    """ "minimal 5 SD/MI · baru 4" (HTML), for the question before it is finished all the same."""
    known = esc(_plain_words(fact))
    return esc(str(fact.requirement)) + (f" · {known}" if known else "")


def note_words(fact: Fact) -> str:
    """The same as it is kept in the confirmation: plain text, no HTML."""
    known = _plain_words(fact)
    return str(fact.requirement) + (f" ({known})" if known else "")


def _plain_words(fact: Fact, named: int | None = None) -> str:
    """What is known about it; "" when nothing is. `named`: how many schools are named, None for all."""
    count = fact.count or 0
    match fact.requirement.check:
        case "schools_at_least":
            if fact.met:
                return ngettext("{count} school", "{count} schools", count).format(count=count)
            return _("only {count}").format(count=count)
        case "schools_never_served":
            if not count:
                return _("no school yet")
            said = [_served_words(one) for one in fact.served[:named]]
            left = len(fact.served) - len(said)
            if left:
                said.append(_("{count} more").format(count=left))
            return ", ".join(said)
        case "schools_known" | "sexes_known":
            if not count:
                return _("no list of children yet")
            return ngettext("{count} child", "{count} children", count).format(count=count)
    return ""


def _served_words(one: Served) -> str:
    words = _("{school} was served in {cohort}") if one.surely else _("{school} may be {former} of {cohort}")
    return words.format(school=one.school, former=one.former, cohort=one.cohort)
