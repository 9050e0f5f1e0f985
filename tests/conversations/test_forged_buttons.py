"""Callback data is what somebody sent us: whatever its numbers, the answer is a sentence, never our failure."""

from collections.abc import Iterable, Iterator

import pytest
from sqlmodel import Session

from handlers.routes import PRESSES, refused, route
from handlers.ui.request import ButtonError, Press, Request
from sop_flows.actions.cases.intake import Intake
from sop_flows.actions.cases.opening import open_case
from sop_flows.core.work import Work
from sop_flows.errors import RuleError
from sop_flows.notifications.planning import working
from storage.queries.accounts import find_account_of
from storage.tables import Officer
from tests.support.sample import one_in
from tests.support.town import Town

HUGE = 10**17
DRAWN = 4  # one in so many presses, other ones each day
PARTS = 2  # of the verbs: all at once would keep one worker busy when the others have nothing left
OF_CASES = ("case_", "decide_", "month_", "task_", "form_", "start_", "book_", "status_")
WORDS = ("", "SICK", "hour", "9.2.15", "penyantunan", "x")


def forged(real: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Numbers that no button of ours has, and real ones followed by such."""
    lists: list[tuple[int, ...]] = [(), (0,), (-1,), (HUGE,), (-HUGE,)]
    for bad in (-1, HUGE):
        lists += [
            (bad,) * 3,
            (bad,) * 5,
            *((one, bad, bad, bad, bad) for one in real),
            (real[-1], 1, bad, bad),
        ]
    return lists + [(one,) for one in real]


def presses_of(verbs: Iterable[str], real: tuple[int, ...]) -> Iterator[Press]:
    """Every verb with forged numbers, and with words that other buttons have after real ones: of each the day's share."""
    worded = [(), (real[-1],), (real[0], 1), (real[-1], 0, 0, 0)]
    for verb in verbs:
        yield from one_in(DRAWN, (Press(verb, numbers) for numbers in forged(real)))
        yield from one_in(DRAWN, (Press(verb, numbers, word) for word in WORDS for numbers in worded))


def failures_of(town: Town, officer_id: int, presses: Iterable[Press]) -> dict[str, str]:
    """What failed in a way of ours, by verb; nothing of it is kept."""
    failures: dict[str, str] = {}
    with town.store.transaction() as s:
        for press in presses:
            if press.verb not in failures:
                try:
                    answer(s, town, officer_id, press)
                except Exception as error:
                    failures[press.verb] = f"{press.numbers} {press.word}: {error!r}"[:200]
        s.rollback()
    return failures


def answer(s: Session, town: Town, officer_id: int, press: Press) -> None:
    """As the bot does, up to a refusal; then all is as it was."""
    with s.begin_nested() as kept:
        phone = find_account_of(s, officer_id)
        assert phone is not None
        who = s.get_one(Officer, officer_id)
        work = Work(s, town.house, town.clock.now(), who, 1, phone_id=phone.id)
        request = Request(work, 1, "chat", phone=phone, message_id=1, press=press, kind="button")
        try:
            try:
                with s.begin_nested():
                    route(request)
            except (RuleError, ButtonError) as error:
                refused(request, error)
        finally:
            kept.rollback()


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
async def test_no_forged_button_is_a_failure_of_ours(town: Town, part: int) -> None:
    ani = await town.officer(
        "Ani", role=("perawat", "penyantunan", "peksos", "tu"), head="penyantunan", admin=True
    )
    await town.open_cohort(arrival="2026-12-01", children=3)
    await town.lives_until("2026-12-11 08.00")
    roll = town.task("9.2.15", 4, occurrence=1).id or 0
    assert failures_of(town, ani.id, presses_of(sorted(PRESSES)[part::PARTS], (1, roll))) == {}


@pytest.mark.slow
async def test_no_forged_button_of_a_case_is_a_failure_of_ours(town: Town) -> None:
    ani = await town.officer("Ani", role=("peksos", "penyantunan", "kepala", "bimbingan"))
    with town.store.transaction() as s, working(s, town.house, town.clock.now()) as work:
        officer = s.get_one(Officer, ani.id)
        intake = Intake(("Diperdagangkan",), 9, False, "P", "Anggrek", name="Anak Rekaan")
        open_case(work.by(officer), intake, peksos_id=officer.id)
    await town.lives_until("2026-12-01 08.00")
    task = town.task("9.1.20", 1).id or 0
    verbs = [verb for verb in PRESSES if verb.startswith(OF_CASES)]
    assert failures_of(town, ani.id, presses_of(verbs, (1, task))) == {}


@pytest.mark.parametrize("forged_who", [999, HUGE, -1])
async def test_work_is_not_recorded_for_an_officer_who_does_not_exist(town: Town, forged_who: int) -> None:
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    task = town.task("9.2.01", 2)
    await rahmat.types("/tugas")
    await rahmat.taps_data(f"1.task_by_who.{task.id}.{forged_who}.0")
    assert town.confirmations(task) == []
    assert rahmat.last_screen.text == "Itu sudah tidak ada."


async def test_a_guru_sees_no_task_and_no_status_of_another_angkatan(town: Town) -> None:
    await town.officer("Ibu Admin", "tu")
    await town.officer("Rahmat", "penyantunan")
    own = await town.open_cohort("Angkatan III", arrival="2026-12-22", children=2)
    other = await town.open_cohort("Angkatan IV", arrival="2026-12-29", children=2)
    guru = await town.officer("Ibu Guru", "guru", cohort=own)
    await guru.types("/status")
    assert "Angkatan III" in guru.last_screen.text
    assert "Angkatan IV" not in guru.last_screen.text
    for verb in ("status_late", "status_parts"):
        await guru.taps_data(f"1.{verb}.{other.id}")
        assert guru.last_screen.text == "Itu tidak dapat Anda lakukan."
    foreign = next(task for task in town.tasks("9.2.01", 2) if task.cohort_id == other.id)
    for verb in ("task_open", "task_snooze", "task_snooze_day", "task_more", "task_past", "task_hurdle_own"):
        await guru.types("/status")
        await guru.taps_data(f"1.{verb}.{foreign.id}")
        assert guru.last_screen.text == "Itu tidak dapat Anda lakukan.", verb
