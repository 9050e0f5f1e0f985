"""When steps are due. A stay from Tuesday 1 December to Thursday 31 December 2026; times are WITA."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sop_flows.calendar.dates import Anchors, OfficeHours, due_for, reminder_times
from sop_flows.calendar.errors import NaiveTimeError
from sop_flows.calendar.plan import planned_steps
from sop_flows.declarations.loader import load_pack
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.timing import Remind
from sop_flows.packs import find_pack
from tests.unit.calendar.offices import office, ramadan, utc, wita

ARRIVAL, DEPARTURE = date(2026, 12, 1), date(2026, 12, 31)
VISIT = date(2026, 12, 13)  # a Sunday
PACK = load_pack(find_pack("rppsa_putra_utama"))
SOPS = PACK.sops


def invented_sop(clock: str, emergency: bool = False, **step: Any) -> Sop:
    first = {
        "step": 1,
        "activity": "Kerja",
        "prompt": "Kerjakan.",
        "short": "Kerjakan ini",
        "executors": ("peksos",),
    }
    return Sop.model_validate(
        {
            "number": "1.1",
            "title": "Contoh",
            "program": "petirahan",
            "phase": "awal",
            "subject": "cohort",
            "clock": clock,
            "emergency": emergency,
            "starts": ({"by_hand": True},),
            "steps": (first | {"kind": "do"} | step,),
        }
    )


def due(sop: Sop, step: int, opened: str) -> tuple[datetime, str]:
    anchors = Anchors(arrival=ARRIVAL, departure=DEPARTURE).of_run(wita(opened).date(), VISIT)
    found = due_for(sop.step(step), sop, wita(opened), anchors, office())
    return found.at, found.kind


@pytest.mark.parametrize(
    ("sop", "step", "opened", "at", "kind"),
    [
        ("9.2.01", 5, "2026-11-20 09.00", "2026-11-24 16.00", "standard"),  # 2 hari, over a weekend
        ("9.2.01", 6, "2026-12-23 09.00", "2026-12-28 16.00", "standard"),  # 1 hari, over Natal
        ("9.2.02", 3, "2026-11-10 11.00", "2026-11-10 14.00", "standard"),  # 2 jam, over the break
        ("9.2.02", 3, "2026-11-10 15.00", "2026-11-11 09.00", "standard"),  # 2 jam, over closing time
        ("9.2.03", 4, "2026-11-27 08.00", "2026-12-01 16.00", "date"),  # the arrival itself, not 2 hari
        ("9.2.04", 1, "2026-12-01 08.00", "2026-12-01 16.00", "target"),
        ("9.2.06", 5, "2026-12-01 10.00", "2026-12-03 16.00", "target"),  # its own target
        ("9.2.09", 4, "2026-12-04 10.00", "2026-12-07 16.00", "target"),  # day 6
        (
            "9.1.12",
            2,
            "2026-12-11 10.00",
            "2026-12-12 16.00",
            "standard",
        ),  # 1 hari on a Saturday: calendar time
        ("9.1.12", 3, "2026-12-12 10.00", "2026-12-15 16.00", "standard"),  # 3 hari
        ("9.1.12", 3, "2026-12-23 10.00", "2026-12-26 16.00", "standard"),  # Natal does not stop a home visit
        ("9.1.09", 1, "2026-12-02 07.30", "2026-12-13 16.00", "date"),  # Sunday of week two
        ("9.1.09", 2, "2026-12-13 09.00", "2026-12-13 16.00", "target"),  # the day of the visit
        ("9.1.08", 2, "2026-12-07 10.00", "2026-12-08 16.00", "target"),  # the day after its run began
        ("9.1.10", 1, "2026-12-07 10.00", "2026-12-10 16.00", "target"),  # no time, no target: 3 working days
        (
            "9.1.01",
            5,
            "2026-12-04 10.00",
            "2026-12-29 16.00",
            "date",
        ),  # goes on until two days before they leave
        ("9.1.02", 6, "2026-12-07 10.00", "2026-12-28 16.00", "date"),
    ],
)
def test_due_dates_of_the_pack(sop: str, step: int, opened: str, at: str, kind: str) -> None:
    assert due(SOPS[sop], step, opened) == (wita(at), kind)


def test_closing_time_in_mataram_is_eight_in_utc() -> None:
    assert due(SOPS["9.2.01"], 5, "2026-11-20 09.00")[0] == utc("2026-11-24 08.00")


@pytest.mark.parametrize(
    ("sop", "step", "opened", "at", "why"),
    [
        ("9.2.04", 3, "2026-12-02 09.00", "2026-12-02 16.00", "opened the day after: that day's afternoon"),
        ("9.2.04", 3, "2026-12-01 16.00", "2026-12-02 16.00", "opened when the day was over: the next"),
        ("9.2.09", 1, "2026-12-11 17.00", "2026-12-14 16.00", "office work: the next working day"),
        ("9.2.03", 4, "2026-12-02 09.00", "2026-12-02 16.00", "the arrival entered a day late"),
        ("9.1.09", 1, "2026-12-14 09.00", "2026-12-14 16.00", "the proposal has passed"),
    ],
)
def test_a_date_that_has_passed_becomes_the_end_of_the_day(
    sop: str, step: int, opened: str, at: str, why: str
) -> None:
    assert due(SOPS[sop], step, opened)[0] == wita(at), why


@pytest.mark.parametrize(
    ("clock", "executor", "at"),
    [
        ("kalender", "peksos", "2026-12-06"),
        ("kerja", "peksos", "2026-12-07"),
        ("kerja", "penyantunan", "2026-12-06"),
    ],
)
def test_a_date_on_a_sunday_is_kept_by_who_works_then(clock: str, executor: str, at: str) -> None:
    on_sunday = invented_sop(clock, due="arrival + 5 hari", executors=(executor,))
    shifts = OfficeHours(office().calendar, "Asia/Makassar", shifts=("penyantunan",))
    anchors = Anchors(arrival=ARRIVAL, departure=DEPARTURE)
    assert due_for(on_sunday.step(1), on_sunday, wita("2026-12-05 09.00"), anchors, shifts).at == wita(
        f"{at} 16.00"
    )


def test_the_days_of_arrival_and_departure_and_of_an_event_do_not_move() -> None:
    sunday = date(2026, 12, 6)
    for said, anchors in (
        ("arrival", Anchors(arrival=sunday, departure=DEPARTURE)),
        ("departure", Anchors(arrival=ARRIVAL, departure=sunday)),
        ("event", Anchors(arrival=ARRIVAL, departure=DEPARTURE, event=sunday)),
    ):
        sop = invented_sop("kerja", due=said)
        found = due_for(sop.step(1), sop, wita("2026-12-04 09.00"), anchors, office())
        assert found.at == wita("2026-12-06 16.00")


def test_what_prepares_an_event_is_done_on_a_working_day_before_it() -> None:
    sop = SOPS["9.2.07"]
    anchors = Anchors(arrival=ARRIVAL, departure=DEPARTURE, start=date(2026, 12, 7), event=VISIT)
    for step in (3, 4):  # step 4 is office work, and what comes before it is not later
        found = due_for(sop.step(step), sop, wita("2026-12-09 09.00"), anchors, OfficeHours.of(PACK.unit))
        assert found.at == wita("2026-12-11 16.00")


def test_days_off_up_to_the_departure_are_before_them() -> None:
    """Idulfitri 2027: nobody works from Saturday 6 March to Monday the 15th, and they leave on the 16th."""
    anchors = Anchors(arrival=date(2027, 3, 2), departure=date(2027, 3, 16))
    sop = invented_sop("kerja", target="arrival + 6 hari")
    found = due_for(sop.step(1), sop, wita("2027-03-04 09.00"), anchors, office())
    assert found.at == wita("2027-03-05 16.00")


def test_a_target_before_the_departure_moves_back_to_a_working_day() -> None:
    # Four days before Thursday 31 December is Sunday; Friday is Natal and Thursday the 24th cuti bersama.
    sop = invented_sop("kerja", target="departure - 4 hari")
    assert due(sop, 1, "2026-12-21 09.00")[0] == wita("2026-12-23 16.00")
    assert due(invented_sop("kalender", target="departure - 4 hari"), 1, "2026-12-21 09.00")[0] == wita(
        "2026-12-27 16.00"
    )


def test_a_target_of_office_work_moves_forward_to_a_working_day() -> None:
    assert due(invented_sop("kerja", target="arrival + 5 hari"), 1, "2026-12-01 09.00")[0] == wita(
        "2026-12-07 16.00"
    )
    assert due(invented_sop("kalender", target="arrival + 5 hari"), 1, "2026-12-01 09.00")[0] == wita(
        "2026-12-06 16.00"
    )


@pytest.mark.parametrize(
    ("clock", "emergency", "standard", "at"),
    [
        ("kalender", True, "1 hari", "2026-12-06 22.15"),  # 24 hours
        ("kalender", True, "2 hari", "2026-12-07 22.15"),
        ("kalender", False, "1 hari", "2026-12-06 16.00"),
        ("kalender", False, "4 jam", "2026-12-06 02.15"),
        ("kalender", True, "4 jam", "2026-12-06 02.15"),
        ("kerja", False, "1 hari", "2026-12-07 16.00"),
        ("kerja", False, "4 jam", "2026-12-07 12.00"),
        ("kalender", False, "3-6 bulan", "2027-06-05 16.00"),  # late only after 6
        ("kalender", False, "1 bulan", "2027-01-05 16.00"),
        ("kerja", False, "2 bulan", "2027-02-08 16.00"),  # 5 February 2027 is cuti bersama: Monday
    ],
)
def test_standard_time_by_clock(clock: str, emergency: bool, standard: str, at: str) -> None:
    sop = invented_sop(clock, emergency, standard=standard)
    assert due(sop, 1, "2026-12-05 22.15") == (wita(at), "standard")  # a Saturday night


def test_months_end_on_the_last_day_of_a_shorter_month() -> None:
    assert due(invented_sop("kalender", standard="1 bulan"), 1, "2027-01-31 09.00")[0] == wita(
        "2027-02-28 16.00"
    )
    assert due(invented_sop("kalender", standard="3 bulan"), 1, "2026-11-30 09.00")[0] == wita(
        "2027-02-28 16.00"
    )


def test_office_work_ends_earlier_in_ramadan_and_care_of_children_does_not() -> None:
    fasting = office(seasons=(ramadan(date(2027, 2, 8), date(2027, 3, 8)),))
    for clock, ends in (("kerja", "2027-02-08 15.00"), ("kalender", "2027-02-08 16.00")):
        sop = invented_sop(clock, target="arrival + 69 hari")  # Monday 8 February 2027
        assert due_for(
            sop.step(1), sop, wita("2027-02-01 09.00"), Anchors(arrival=ARRIVAL, departure=DEPARTURE), fasting
        ).at == wita(ends)


def test_a_naive_instant_is_refused() -> None:
    sop = invented_sop("kerja", standard="1 hari")
    with pytest.raises(NaiveTimeError):
        due_for(
            sop.step(1),
            sop,
            datetime(2026, 12, 1, 9, 0),  # noqa: DTZ001
            Anchors(arrival=ARRIVAL, departure=DEPARTURE),
            office(),
        )


def test_reminders_of_the_parents_visit() -> None:
    visit = SOPS["9.1.09"].step(1)
    found = reminder_times(visit.remind, wita("2026-12-13 16.00"), "kalender", office())
    assert [(str(remind), at) for remind, at in found] == [
        ("-3 hari", wita("2026-12-10 07.30")),
        ("-1 hari", wita("2026-12-12 07.30")),
        ("pagi hari H", wita("2026-12-13 07.30")),
    ]


def test_the_last_weigh_in_is_announced_the_morning_before_its_evening() -> None:
    found = reminder_times(SOPS["9.2.15"].step(4).remind, wita("2026-12-30 18.00"), "kalender", office())
    assert [at for _, at in found] == [wita("2026-12-29 07.30"), wita("2026-12-30 07.30")]


def test_a_due_reminder_comes_when_the_task_is_due() -> None:
    ((_, at),) = reminder_times([Remind.parse("jatuh tempo")], wita("2026-12-12 16.00"), "kalender", office())
    assert at == wita("2026-12-12 16.00")


def test_a_lead_of_office_work_is_on_a_working_day_and_one_of_care_on_its_own() -> None:
    # Due Monday 28 December 2026; Sunday, Saturday, Natal and its cuti bersama come before it.
    leads = [Remind.parse("-1 hari"), Remind.parse("pagi hari H")]
    monday = wita("2026-12-28 16.00")
    of_work = [at for _, at in reminder_times(leads, monday, "kerja", office())]
    of_care = [at for _, at in reminder_times(leads, monday, "kalender", office())]
    assert of_work == [wita("2026-12-23 07.30"), wita("2026-12-28 07.30")]
    assert of_care == [wita("2026-12-27 07.30"), wita("2026-12-28 07.30")]


@pytest.mark.parametrize(
    ("clock", "opened", "due_at"),
    [
        ("kerja", "2026-12-22 09.00", "2026-12-29 16.00"),  # Christmas and its cuti bersama between
        ("kerja", "2026-12-29 09.00", "2026-12-31 16.00"),
        ("kerja", "2026-12-31 09.00", "2026-12-31 16.00"),
        ("kalender", "2026-12-30 09.00", "2026-12-31 16.00"),
        (
            "kerja",
            "2027-01-04 09.00",
            "2027-01-08 16.00",
        ),  # Isra Mikraj between; after the stay nobody leaves any more
    ],
)
def test_a_step_without_a_time_is_due_before_the_children_leave(clock: str, opened: str, due_at: str) -> None:
    assert due(invented_sop(clock), 1, opened) == (wita(due_at), "target")


@pytest.mark.slow
def test_no_step_of_ours_is_due_after_the_departure_in_any_week_of_a_year() -> None:
    """A chain of three working days a step would end after the children have left."""
    pack = load_pack(find_pack("rppsa_putra_utama"))
    late = set()
    for week in range(52):
        arrival = date(2026, 11, 2) + timedelta(weeks=week, days=week % 7)
        anchors = Anchors(arrival - timedelta(days=35), arrival, arrival + timedelta(days=30))
        for task in planned_steps(pack.sops, anchors, office()):
            sop = pack.sops[task.sop]
            own = sop.step(task.step).due is not None
            after = own or any(
                start.at is not None and start.at.days > 0 and start.at.anchor == "departure"
                for start in sop.starts
            )
            if (
                sop.subject != "case"
                and not after
                and office().local_date(task.due_at) > arrival + timedelta(days=30)
            ):
                late.add((task.sop, task.step, arrival))
    assert late == set()
