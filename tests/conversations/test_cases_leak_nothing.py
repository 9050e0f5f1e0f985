"""The identity of a child in the shelter (UU 35/2014) reaches nobody but the few: phones, reports, logs, the file."""

import itertools
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bot.commands import reminders, reports
from bot.logs import LOUD
from handlers.routes import PRESSES, TOPICS, refused, route
from handlers.ui import conversation
from handlers.ui.request import About, ButtonError, Delete, Edit, Press, Reply, Request, Say, pack, to_rows
from sop_flows.core.work import Work
from sop_flows.errors import RuleError
from storage.queries import reports as queries
from storage.tables import Account, Officer, Record, Run, Task, TaskState
from tests.conversations.test_case_services import at_decision, at_home, opens_decision
from tests.conversations.test_cases import CHILD, opens_case
from tests.support.person import Person
from tests.support.sample import one_in
from tests.support.town import Town

REASON = "Ditinggal di pasar"
SECRETS = (CHILD, "Putri", "putri", REASON, "pasar", "Situasi darurat", "Korban kekerasan")
DRAWN = 3  # one in so many presses
COMMANDS = (
    "/kasus", "/tugas", "/status", "/kapan", "/kapan anggrek", "/anak", "/anak Anggrek", "/angkatan", "/timbang",
    "/mulai", "/sop 9.1.33", "/bantuan",
)  # fmt: skip


def received(person: Person) -> list[str]:
    """Everything that the bot's messages say on this phone now, with its buttons."""
    return [" ".join([screen.text, *screen.buttons]) for screen in person.screens]


async def test_only_who_knows_the_child_receives_a_word_of_it(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in LOUD:  # as in a real process: libraries write whole messages at DEBUG
        caplog.set_level(logging.WARNING, logger=name)
    people = await at_home(town)
    others = [
        people["rahmat"],
        people["budi"],
        await town.officer("Dewi", "peksos"),
        await town.officer("Admin", admin=True),
        await town.officer("Kasi", "penyantunan", head="penyantunan"),
        await town.officer("Perawat", "perawat"),
        await town.officer("Ratna", "tu"),
    ]
    for person in others:
        for command in COMMANDS:
            await person.types(command)
    await town.lives_until("2026-12-31 12.00")
    for person in others:
        for said in received(person):
            assert not [secret for secret in SECRETS if secret in said], f"{person.name}: {said}"
    for person in (others[1], others[2], others[3], others[6]):  # these have no step of the case
        assert not [said for said in received(person) if "Anggrek" in said], person.name
    assert not [
        (record.name, secret)
        for record in caplog.records
        for secret in SECRETS[:5]
        if secret in record.getMessage()
    ]
    with town.store.reading() as s:
        now = town.clock.now()
        rows = [reports._tasks(s, town.house, now), reports._status(s, town.house, now, True)]
        rows += [
            [reminders._row(row, of, town.house) for row, of in queries.list_reminders(s, queries.Wanted())]
        ]
        rows += [
            [reports._confirmation(row, town.house.zone, False) for row in queries.list_confirmations(s)]
        ]
    told = json.dumps(rows, ensure_ascii=False, default=str)
    assert not [secret for secret in (*SECRETS, "Anggrek") if secret in told]
    assert any(row["case"] == 1 for row in rows[0])


async def test_a_push_about_a_case_is_the_code_name_only(town: Town) -> None:
    people = await at_decision(town)
    sari = people["sari"]
    for said in received(sari)[1:]:
        assert CHILD not in said  # neither on the phone of who knows: it is behind a tap
        assert REASON not in said
    await opens_decision(sari)
    await sari.taps("Usulkan: rujuk")
    await sari.types("Perlu terapi")
    assert "rujuk" not in people["budi"].last_screen.text  # a lock screen shows that there is a proposal


async def test_mulai_starts_an_evaluation_for_who_is_of_the_case(town: Town) -> None:
    people = await at_home(town)
    sari, budi = people["sari"], people["budi"]
    await budi.types("/mulai")
    assert "Anggrek" not in " ".join(received(budi))
    await sari.types("/mulai 9.1.33")
    for label in ("Anggrek", "Kasus Anggrek", "Mulai", "Ya"):
        found = [one for one in sari.buttons if one.startswith(label)]
        if found:
            await sari.taps(found[0])
    assert town.tasks("9.1.33", 2, TaskState.OPEN)
    assert "Kasus Anggrek · Siapkan instrumen evaluasi" in budi.last_screen.text


async def test_a_former_social_worker_receives_nothing_more(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    await town.officer("Dewi", "peksos")
    await opens_case(sari)
    await sari.taps("1")
    await sari.taps("Ingatkan lagi")
    await sari.taps(sari.buttons[0])  # in an hour
    await sari.types("/kasus")
    await sari.taps("1")
    await sari.taps("Serahkan kasus")
    await sari.taps("Dewi")
    await sari.types("cuti panjang")
    await sari.taps("Ya, serahkan")
    before = sari.screens
    await town.lives_until("2026-12-03 12.00")
    assert not [screen.text for screen in sari.new_since(before) if "Anggrek" in screen.text]


async def test_a_deputy_who_shares_another_role_receives_nothing(town: Town) -> None:
    await town.officer("Lina", "peksos", head="peksos")
    sari = await town.officer("Sari", ["peksos", "bimbingan"])
    dedi = await town.officer("Dedi", "bimbingan")
    await opens_case(sari)
    await sari.types("/cuti")
    await sari.taps("Catat cuti saya")
    await sari.types("hari ini sampai 4 desember")
    await sari.taps("Dedi")
    assert (
        "Langkah Peksos tidak beralih ke Dedi, tetapi ke rekan seperan yang ada atau ke kepala seksi."
        in sari.last_screen.text
    )
    await sari.taps("Catat")
    for command in COMMANDS:
        await dedi.types(command)
    await dedi.taps_data(pack("case_data", 1))
    await town.lives_until("2026-12-03 08.00")
    for said in received(dedi):
        assert not [secret for secret in (*SECRETS, "Anggrek") if secret in said], said


def answer_to(request: Request) -> Reply:
    """What is answered, refusals too; nothing of it is kept."""
    work = request.work
    fresh = Work(work.session, work.institution, work.now, work.actor, 1)  # else it knows what was taken back
    request = replace(request, work=fresh)
    with request.session.begin_nested() as savepoint:
        try:
            return route(request)
        except (RuleError, ButtonError) as error:
            return refused(request, error)
        finally:
            savepoint.rollback()


def all_that_is_said(answer: Reply) -> str:
    """Its words and buttons, and what a file is called."""
    return json.dumps(to_rows(answer), ensure_ascii=False)


def phone_of(s: Session, person: Person) -> Account:
    """The officer's phone, with cases open on it: no PIN stands between a button and what it tells."""
    phone = s.exec(select(Account).where(Account.officer_id == person.id)).one()
    phone.cases_until = datetime.max.replace(tzinfo=UTC)
    return phone


def rows_of_the_case(s: Session) -> tuple[int, ...]:
    """Numbers that a forged button may carry: the case, runs of it, and tasks: open, running, done with a form."""
    runs = s.exec(select(Run.id).where(Run.case_id == 1).order_by(col(Run.id))).all()
    tasks = s.exec(select(Task).where(Task.case_id == 1).order_by(col(Task.id))).all()
    recorded = s.exec(select(Record.task_id).order_by(col(Record.id))).first()
    is_open = next(task.id for task in tasks if task.state == TaskState.OPEN and not task.running)
    running = next(task.id for task in tasks if task.running)
    return tuple(one or 0 for one in dict.fromkeys((1, runs[-1], is_open, running, recorded)))


def presses_of(numbers: tuple[int, ...]) -> Iterator[Press]:
    """Every verb about each of the rows."""
    for verb, number, word in itertools.product(PRESSES, numbers, ("", "9.1.33")):
        if number == 1 or PRESSES[verb].about not in (About.NOTHING, About.CASES):
            yield Press(verb, (number, *((1, 1, 1) if word else ())), word)


@pytest.mark.parametrize("name", ["dewi", "admin", "rahmat"])
async def test_no_button_tells_of_a_case_to_whom_it_is_hidden(town: Town, name: str) -> None:
    """Whatever its verb and numbers (of all each day's share); and to whoever has no step of the case there is none."""
    people = await at_home(town)
    people["dewi"] = await town.officer("Dewi", "peksos")
    people["admin"] = await town.officer("Admin", "tu", admin=True)
    has_steps = name == "rahmat"
    with town.store.transaction() as s:
        who, phone = s.get_one(Officer, people[name].id), phone_of(s, people[name])
        work = Work(s, town.house, town.clock.now(), who, 1)
        asker = Request(work, 1, "chat", phone=phone, message_id=1, kind="button")
        for press in one_in(DRAWN, presses_of(rows_of_the_case(s))):
            said = all_that_is_said(answer_to(replace(asker, press=press)))
            secrets = SECRETS[:5] if has_steps else (*SECRETS[:5], "Anggrek")
            assert not [one for one in secrets if one in said], f"{press}: {said}"
            if PRESSES[press.verb].about in (About.NOTHING, About.CASES, About.QUESTION) or has_steps:
                continue
            nobodys = replace(press, numbers=(10**6, *press.numbers[1:]))
            assert said == all_that_is_said(answer_to(replace(asker, press=nobodys))), str(press)
        s.rollback()


@pytest.mark.parametrize("name", ["budi", "sari"])
async def test_what_is_typed_about_a_case_does_not_stay_in_the_chat(town: Town, name: str) -> None:
    """Whether it is recorded, refused or no answer: a reason may tell the child's name."""
    people = await at_home(town)
    topics = [topic for topic, found in TOPICS.items() if found.about in (About.TASK, About.CARD, About.CASE)]
    with town.store.transaction() as s:
        who, phone = s.get_one(Officer, people[name].id), phone_of(s, people[name])
        work = Work(s, town.house, town.clock.now(), who, 1)
        asker = Request(work, 1, "chat", phone=phone, message_id=7, text=REASON)
        _case, *_runs, task_id, _running, _recorded = rows_of_the_case(s)
        for topic in topics:
            is_of_task = TOPICS[topic].about is not About.CASE
            draft: dict[str, Any] = (
                {"on": "2026-12-04", "choice": "lanjut"}
                if is_of_task
                else {"case": 1, "fact": "reason", "to": 1}
            )
            conversation.ask(asker, topic, draft, task_id if is_of_task else None)
            row = conversation.current(asker)
            assert row is not None
            row.draft = {key: value for key, value in row.draft.items() if key != conversation.ASKED}
            answer = answer_to(asker)
            assert Delete(7) in answer.actions, topic
            assert all(one.protect for one in answer.actions if isinstance(one, Say | Edit)), topic
            if name == "budi":
                assert not [one for one in SECRETS[:3] if one in all_that_is_said(answer)], topic
            conversation.end(asker)
        s.rollback()
