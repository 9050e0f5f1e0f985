"""The SOPs of a pack as Mermaid text: a subgraph for each phase, and what starts what."""

import re
from collections.abc import Iterator, Sequence

from handlers.ui.words import _, ngettext
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Sop, Start

AFTER, DECIDED, FLAGGED = "-->", "-.->", "==>"
SIGNS = re.compile(r"[^\w\s.,:;·/()+'’–-]")  # whatever could mean something to Mermaid or to HTML


def sop_graph(pack: Pack) -> str:
    """The graph; ends with a line break."""
    lines = ["flowchart LR", "  classDef emergency stroke:#b03a2e,stroke-width:3px"]
    for place, program in enumerate(dict.fromkeys(sop.program for sop in pack.sops.values())):
        lines += _program(pack, program, f"program{place}")
    lines += [f"  {_id(start.after or start.flagged_in or '')} {_arrow(start)} {_id(sop.number)}"
              for sop in pack.sops.values() for start in sop.starts if start.after or start.flagged_in]  # fmt: skip
    return "\n".join(lines) + "\n"


def _program(pack: Pack, program: str, key: str) -> Iterator[str]:
    sops = [sop for sop in pack.sops.values() if sop.program == program]
    steps = sum(len(sop.steps) for sop in sops)
    count = ngettext("{count} step", "{count} steps", steps).format(count=steps)
    heading = f"{pack.unit.short_name} · {program} · {len(sops)} SOP · {count}"
    yield f"  subgraph {key}[{_quoted(heading)}]"
    for place, phase in enumerate(_phases(pack, program, sops)):
        yield f"    subgraph {key}phase{place}[{_quoted(phase)}]"
        for sop in sops:
            if sop.phase == phase:
                yield f"      {_id(sop.number)}[{_quoted(*_said(sop))}]{':::emergency' * sop.emergency}"
        yield "    end"
    yield "  end"


def _phases(pack: Pack, program: str, sops: Sequence[Sop]) -> list[str]:
    """The phases that have a SOP, in the order of unit.yaml, else of the document."""
    used = list(dict.fromkeys(sop.phase for sop in sops))
    known = pack.unit.phases.get(program, ())
    return [phase for phase in known if phase in used] + [phase for phase in used if phase not in known]


def _id(number: str) -> str:
    return "sop" + re.sub(r"\W", "_", number)


def _quoted(*lines: str) -> str:
    """The lines as one label. Signs are written by their number, so that none of them is syntax."""
    return '"' + "<br>".join(SIGNS.sub(lambda sign: f"#{ord(sign[0])};", line) for line in lines) + '"'


def _said(sop: Sop) -> Iterator[str]:
    """Number, title, whom it is about, and the starts that are no arrow."""
    marks = [_("per child")] * (sop.subject == "child") + [_("emergency")] * sop.emergency
    yield " · ".join((sop.number, *marks))
    yield sop.title
    for start in sop.starts:
        if start.at is not None:
            yield _date_words(start.at, sop)
        elif start.by_hand:
            yield _("by hand (/mulai)")


def _date_words(at: Offset, sop: Sop) -> str:
    days = {
        "arrival": _("arrival"),
        "departure": _("departure"),
        "opening": _("opening of the case") if sop.subject == "case" else _("opening of the angkatan"),
    }
    amount = abs(at.months or at.days)
    if not amount:
        return days[at.anchor]
    if at.months:
        time = ngettext("{count} month", "{count} months", amount).format(count=amount)
    else:
        time = ngettext("{count} day", "{count} days", amount).format(count=amount)
    pattern = _("{time} after {day}") if at.months + at.days > 0 else _("{time} before {day}")
    return pattern.format(time=time, day=days[at.anchor])


def _arrow(start: Start) -> str:
    """The arrow with what it is about: a step of the SOP before, a decision, a time, each marked child."""
    said = [" / ".join(start.when)] if start.when else []
    if start.flagged_in is not None:
        said.append(_("each marked child"))
    if start.after_step is not None:
        said.append(_("step {step}").format(step=start.after_step))
    if start.later is not None:
        said.append(_("{time} later").format(time=start.later))
    arrow = FLAGGED if start.flagged_in is not None else DECIDED if start.when else AFTER
    return f"{arrow}|{_quoted(', '.join(said))}|" if said else arrow
