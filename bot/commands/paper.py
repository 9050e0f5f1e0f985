"""`pandu paper check`: draws every paper of a pack with invented data, and says what does not fit on its pages."""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from bot.commands.options import read_pack, write_file
from bot.logs import place_of
from bot.typesetting import typeset, typeset_pages
from handlers.papers.month_values import invented_month
from handlers.papers.paper_values import values_of
from sop_flows.declarations.form import Field
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.papers import FOLDER, Paper
from sop_flows.declarations.sop import Sop, Step
from sop_flows.recording.growth import bmi_for_age
from sop_flows.views.papers import PaperChild, PaperFacts, PaperPart, PaperSheet
from storage.tables import Case, Child, Cohort, EntryState

PPI = 48  # enough to see whether there is ink
EDGE_MM, BOTTOM_MM = 9, 5  # of a page; no ink of a paper lies there
INK = 200  # what is darker is ink
CHILDREN = 60
ANSWER = 2000  # characters of the longest answer
NOW = datetime(2026, 12, 12, 2, 0, tzinfo=UTC)
ARRIVAL = date(2026, 12, 1)
LONG = "Muhammad Nurul Anantawirya Kusumawardhana bin Abdurrahman Wahidinsudirohusodo"
UNBROKEN = "Kusumawardhanasudirohusodoabdurrahmanwahidinmangkunegaranjayadiningrat"
MARKUP = '#panic("no") *tebal* _miring_ $x^2$ <a> @b \\ ` // [ ] { } = + - "'
TEXTS = {"usual": "Anak Contoh", "long": LONG, "unbroken": UNBROKEN, "markup": MARKUP}
KINDS = (*TEXTS, "unfinished", "empty")  # in progress: nothing recorded yet; no child at all


@click.group("paper")
def paper_group() -> None:
    """The papers of a pack."""


@paper_group.command("check")
@click.argument("pack", default="")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Also write each page as a picture there, to look at.",
)
def check_command(pack: str, keep: Path | None) -> None:
    """Draw every paper with invented data: usual, long, unbroken, full of signs, unfinished, empty.

    Says which template has a mistake and on which page something runs off the paper; exit status 1 then.
    """
    found = read_pack(pack)
    wrong = 0
    for name, paper in found.papers.papers.items():
        for line in _check(found, name, paper, keep):
            click.echo(line, err=True)
            wrong += 1
    if wrong:
        click.echo(f"{wrong} mistake{'s' if wrong > 1 else ''}.", err=True)
        raise SystemExit(1)
    click.echo(f"{found.unit.name}: {len(found.papers.papers)} papers, nothing runs off the page.")


def _check(pack: Pack, name: str, paper: Paper, keep: Path | None) -> Iterator[str]:
    assert pack.folder is not None
    file = pack.papers.template_of(name)
    template = pack.folder / FOLDER / file
    for kind in KINDS:
        values = invented_values(pack, name, kind)
        try:
            pages = typeset_pages(template, values, PPI if keep is None else 100)
        except Exception as error:
            yield f"{file}: {name}, {kind} data: {_words(error)}"
            return
        for n, page in enumerate(pages, start=1):
            for side in ink_at_edges(page):
                yield f"{file}: {name}, {kind} data: page {n} runs off the {side}"
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            for n, page in enumerate(pages, start=1):
                write_file(keep / f"{name}-{kind}-{n}.png", page)
            write_file(keep / f"{name}-{kind}.pdf", typeset(template, values, "pdf"))


def _words(error: Exception) -> str:
    """What the engine says of a template: it is the pack's own, and the data are invented."""
    return str(error).strip() if type(error).__name__ == "TypstError" else place_of(error)


def ink_at_edges(page: bytes) -> list[str]:
    """The sides of a page (PNG) at which something lies where no paper has anything."""
    from PIL import Image

    with Image.open(io.BytesIO(page)) as opened:
        grey = opened.convert("L")
    width, height = grey.size
    long_mm = 297
    scale = max(width, height) / long_mm  # pixels a millimetre
    edge, bottom = round(EDGE_MM * scale), round(BOTTOM_MM * scale)
    sides = {
        "left": (0, 0, edge, height),
        "right": (width - edge, 0, width, height),
        "top": (0, 0, width, edge),
        "bottom": (0, height - bottom, width, height),
    }
    return [side for side, box in sides.items() if min(grey.crop(box).tobytes()) < INK]


# --- invented data ----------------------------------------------------------------------------------------------


def invented_values(pack: Pack, name: str, kind: str) -> dict[str, Any]:
    """What a template would draw of invented children. `kind`: one of KINDS."""
    paper = pack.papers.papers[name]
    text = TEXTS.get(kind, TEXTS["usual"])
    if not paper.at:
        return invented_month(pack, paper, text, is_empty=kind == "empty")
    return values_of(pack, invented_facts(pack, name, kind), text, ARRIVAL)


def invented_facts(pack: Pack, name: str, kind: str) -> PaperFacts:
    """The same before it is put into words."""
    paper = pack.papers.papers[name]
    text = TEXTS.get(kind, TEXTS["usual"])
    is_done = kind not in ("unfinished", "empty")
    sop, step = _place(pack, paper.at[-1])
    own = _part(pack, sop, step, text, is_done)
    is_case = sop.subject == "case"
    others = [_place(pack, place) for place in paper.also]
    count = 0 if kind == "empty" or is_case else 1 if sop.subject == "child" else CHILDREN
    rolls = [(sop, step), *others]
    days = (
        [ARRIVAL + timedelta(days=10 * n) for n in range(4)] if any(one.weighs for _s, one in rolls) else []
    )
    children = [_child(pack, n, text, rolls, days, is_done) for n in range(1, count + 1)]
    counts: dict[tuple[str, str], list[int]] = {}
    for one in children:
        counts.setdefault((one.school, one.kabupaten), [0, 0])[one.child.sex == "P"] += 1
    return PaperFacts(
        name,
        paper,
        None,
        sop,
        step,
        own,
        tuple(_sheets(pack, paper, own, children, text, is_done)),
        {place: [_part(pack, *_place(pack, place), text, is_done)] for place in paper.also},
        cohort=None if is_case else Cohort(
            name="Angkatan III", arrival_on=ARRIVAL, departure_on=ARRIVAL + timedelta(days=30), opened_at=NOW
        ),
        case=_case(text, is_done) if is_case else None,
        keeper=text if is_case else "",
        weigh_days=tuple(days) if is_done else (),
        schools=[(*key, boys, girls) for key, (boys, girls) in counts.items()],
    )  # fmt: skip


def _place(pack: Pack, place: str) -> tuple[Sop, Step]:
    number, _, step = place.partition("/")
    return pack.sops[number], pack.sops[number].step(int(step))


def _part(pack: Pack, sop: Sop, step: Step, text: str, is_done: bool) -> PaperPart:
    if not is_done:
        return PaperPart(sop, step)
    values = {} if step.is_roll else _values(pack, step, text)
    totals: Sequence[tuple[str, int]] = ()
    if step.is_roll and step.record is not None:
        asked = next((one for one in step.record.fields if one.choices), None)
        totals = [] if asked is None else [(choice, 12) for choice in asked.choices]
    return PaperPart(
        sop, step, ARRIVAL, text, values, totals, *((CHILDREN - 2, CHILDREN) if step.is_roll else (0, 0))
    )


def _values(pack: Pack, step: Step, text: str) -> dict[str, Any]:
    return {one.key: _value(pack, one, text) for one in (() if step.record is None else step.record.fields)}


def _value(pack: Pack, field: Field, text: str) -> Any:
    match field.kind:
        case "number" | "decimal":
            return field.max if field.max is not None else 12
        case "weight":
            return 24_500
        case "yes":
            return True
        case "date":
            return ARRIVAL.isoformat()
        case "time":
            return "08.30"
        case "choice" | "choices":
            choices = field.choices or tuple(one.name for one in pack.unit.dormitories) or (text,)
            return max(choices, key=len) if field.kind == "choice" else list(choices)
        case "people" | "table":
            return [[text for _column in field.columns] for _row in range(8)]
        case "location":
            return [-8.58, 116.1]
        case "photo" | "file" | "voice":
            return [1, 2]
    return " ".join([text] * max(3, ANSWER // len(text) if text == LONG else 3))


def _child(
    pack: Pack, n: int, text: str, rolls: Sequence[tuple[Sop, Step]], days: Sequence[date], is_done: bool
) -> PaperChild:
    born = date(2014 + n % 6, 1 + n % 12, 1 + n % 28)
    dormitories = [one.name for one in pack.unit.dormitories] or [text]
    child = Child(
        id=n,
        cohort_id=1,
        school_id=1 + n % 5,
        number=n,
        sex="LP"[n % 2],
        name=f"{text} {n:02d}",
        name_key="",
        born_on=born.isoformat() if n % 7 else None,
        parent_name=text if n % 9 else None,
        phone="081200000000",
        address=text if n % 8 else None,
    )
    weights = [(day, 24_000 + 300 * k - (900 if n % 6 == 0 and k else 0)) for k, day in enumerate(days)]
    has_height = is_done and n % 10 != 0 and bool(weights)
    growth = None
    if has_height and child.born_on is not None:
        growth = bmi_for_age(child.sex, born, *weights[-1], 126.0)
    said = [(step, _values(pack, step, text)) for _sop, step in rolls if step.is_roll]
    return PaperChild(
        child,
        f"SDN {1 + n % 5} {text}",
        text,
        dormitories[n % len(dormitories)],
        f"Kelompok {1 + n % 6}",
        EntryState.DONE if is_done else EntryState.OPEN,
        on=ARRIVAL if is_done else None,
        by=text if is_done else "",
        said=said if is_done else (),
        weights=weights if is_done else (),
        height_cm=126.0 if has_height else None,
        growth=growth,
    )


def _sheets(
    pack: Pack, paper: Paper, own: PaperPart, children: Sequence[PaperChild], text: str, is_done: bool
) -> Iterator[PaperSheet]:
    number = f"{text[:40]}/12/PU/XII/2026" if is_done else ""
    part = PaperPart(own.sop, own.step, own.on, own.by, _values(pack, own.step, text) if is_done else {})
    if paper.each is None:
        yield PaperSheet("", "", number=number, children=tuple(children))
    elif paper.each == "child":
        for one in children[:3] if is_done else ():
            yield PaperSheet(
                f"child:{one.child.id}", f"{one.child.number:03d}", number=number, part=part, children=(one,)
            )
    else:
        key = {"school": "school", "kabupaten": "kabupaten", "dormitory": "dormitory"}[paper.each]
        for name in sorted({getattr(one, key) for one in children}):
            its = tuple(one for one in children if getattr(one, key) == name)
            yield PaperSheet(f"{key}:{name}", name, number=number, part=part, children=its)


def _case(text: str, is_done: bool) -> Case:
    return Case(
        code_name="Anggrek",
        sex="P",
        age_years=9 if is_done else None,
        name=text if is_done else None,
        address=text if is_done else None,
        reason=text,
        categories=["Situasi darurat", "Korban kekerasan fisik atau mental"] if is_done else [],
        opened_at=NOW,
        opened_by_id=1,
        peksos_id=1,
    )
