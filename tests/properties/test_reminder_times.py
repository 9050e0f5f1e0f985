"""When reminders fall, whatever the calendar: half days, Ramadan, closing days, decrees, three turns of the year."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from sop_flows.actions.snooze import snooze_choices
from sop_flows.calendar.dates import Anchors, OfficeHours, due_for, reminder_times, visit_day
from sop_flows.calendar.events import choice_closes_on, window
from sop_flows.calendar.moments import MORNING, after_quiet
from sop_flows.core.work import Institution
from sop_flows.declarations.hours import WEEKDAYS
from sop_flows.declarations.sop import Clock, Duration, Sop, Step
from sop_flows.declarations.timing import Remind
from storage.cabinet import Cabinet
from storage.types import Keyring
from tests.properties.offices import PACK, days, some_offices
from tests.support.database import SECRET

STEPS = [(sop, step) for sop in PACK.sops.values() for step in sop.asked_steps]
CHOSEN = [(sop, step) for sop, step in STEPS if step.choose_date is not None]
WITH_STANDARD = [
    (sop, step)
    for sop, step in STEPS
    if step.standard is not None and step.standard.unit != "bulan" and step.lasting is None
]

offices = some_offices()
instants = st.datetimes(datetime(2026, 6, 1), datetime(2029, 6, 30), timezones=st.just(UTC))  # noqa: DTZ001
clocks = st.sampled_from(get_args(Clock))
written = ["jatuh tempo", "pagi hari H", *(f"-{days} hari" for days in range(1, 15))]
reminds = st.lists(st.sampled_from([Remind.parse(text) for text in written]), min_size=1, unique=True)


def local(office: OfficeHours, at: datetime) -> datetime:
    return at.astimezone(office.zone)


@given(offices, instants, reminds, clocks)
def test_no_reminder_is_later_than_what_it_reminds_of(
    office: OfficeHours, due_at: datetime, wanted: list[Remind], clock: Clock
) -> None:
    due_on = office.local_date(due_at)
    for remind, at in reminder_times(wanted, due_at, clock, office):
        assert at.utcoffset() == timedelta(0)
        if remind.kind == "due":
            assert at == due_at
        else:
            assert local(office, at).time() == MORNING
            assert office.local_date(at) <= due_on - timedelta(days=remind.days)


@given(offices, instants, reminds)
def test_office_work_calls_nobody_on_a_day_off_and_care_never_moves(
    office: OfficeHours, due_at: datetime, wanted: list[Remind]
) -> None:
    leads = [remind for remind in wanted if remind.kind != "due"]
    for _remind, at in reminder_times(leads, due_at, "kerja", office):
        assert office.is_working_day(office.local_date(at))
    due_on = office.local_date(due_at)
    for remind, at in reminder_times(leads, due_at, "kalender", office):
        assert office.local_date(at) == due_on - timedelta(days=remind.days)


@given(offices, instants, instants, reminds, clocks)
def test_what_is_due_later_is_not_reminded_of_earlier(
    office: OfficeHours, one: datetime, other: datetime, wanted: list[Remind], clock: Clock
) -> None:
    earlier, later = sorted((one, other))
    first = reminder_times(wanted, earlier, clock, office)
    then = reminder_times(wanted, later, clock, office)
    for (_, before), (_, after) in zip(first, then, strict=True):
        assert after_quiet(before, office.zone) <= after_quiet(after, office.zone)


@given(offices, instants, st.integers(1, 14), st.integers(1, 14), clocks)
def test_a_longer_lead_is_not_later(
    office: OfficeHours, due_at: datetime, one: int, other: int, clock: Clock
) -> None:
    longer, shorter = (Remind.parse(f"-{lead} hari") for lead in sorted((one, other), reverse=True))
    (_, first), (_, then) = reminder_times([longer, shorter], due_at, clock, office)
    assert first <= then


@given(offices, instants, reminds, clocks)
def test_nothing_is_said_in_the_quiet_hours(
    office: OfficeHours, due_at: datetime, wanted: list[Remind], clock: Clock
) -> None:
    for _remind, at in reminder_times(wanted, due_at, clock, office):
        said_at = local(office, after_quiet(at, office.zone))
        assert time(6) <= said_at.time() < time(20)
        assert said_at >= at


@given(offices, instants)
def test_no_snooze_is_offered_into_the_quiet_hours_or_the_past(office: OfficeHours, now: datetime) -> None:
    house = Institution(PACK, office, Cabinet(Path("/nonexistent"), Keyring([SECRET])))
    choices = dict(snooze_choices(house, now))
    for at in choices.values():
        assert at > now
        assert time(6) <= local(office, at).time() < time(20)
    assert choices["hour"] - now >= timedelta(hours=1)
    assert office.local_date(choices["morning"]) == office.local_date(now) + timedelta(days=1)
    if "afternoon" in choices:
        assert office.local_date(choices["afternoon"]) == office.local_date(now)


@given(st.sampled_from(CHOSEN), days)
def test_the_day_of_the_visit_is_in_week_two_and_its_leads_come_after_the_choice(
    pair: tuple[Sop, Step], arrival: date
) -> None:
    _sop, step = pair
    assert step.choose_date is not None
    anchors = Anchors(arrival=arrival)
    earliest, latest = window(step.choose_date, anchors)
    proposed = visit_day(step.choose_date, anchors)
    assert (earliest - arrival).days == 7
    assert (latest - arrival).days == 13
    assert earliest <= proposed <= latest
    assert proposed.weekday() == 6
    longest = max(remind.days for remind in step.remind)
    closes_on = choice_closes_on(step.choose_date, step.remind, arrival, proposed)
    assert arrival < closes_on < proposed - timedelta(days=longest)
    assert (closes_on - arrival).days <= 4


@given(offices, st.sampled_from(STEPS), instants, instants, days, st.integers(8, 60))
def test_what_opens_later_is_not_due_earlier(
    office: OfficeHours, pair: tuple[Sop, Step], one: datetime, other: datetime, arrival: date, stay: int
) -> None:
    sop, step = pair
    event = arrival + timedelta(days=stay // 2)
    anchors = Anchors(arrival, arrival, arrival + timedelta(days=stay)).of_run(arrival, event)
    earlier, later = sorted((one, other))
    first = due_for(step, sop, earlier, anchors, office).at
    then = due_for(step, sop, later, anchors, office).at
    assert earlier < first <= then
    assert later < then


@given(offices, st.sampled_from(WITH_STANDARD), instants, st.integers(1, 20), st.integers(1, 20))
def test_a_longer_standard_time_is_not_due_earlier(
    office: OfficeHours, pair: tuple[Sop, Step], opened_at: datetime, one: int, other: int
) -> None:
    sop, step = pair
    assert step.standard is not None
    dues = []
    for amount in sorted((one, other)):
        standard = Duration(amount=amount, unit=step.standard.unit)
        longer = step.model_copy(update={"standard": standard, "due": None, "choose_date": None})
        dues.append(due_for(longer, sop, opened_at, Anchors(), office).at)
    assert dues[0] <= dues[1]


@given(offices, instants, st.integers(1, 30), st.integers(1, 60))
def test_more_is_never_due_earlier(office: OfficeHours, opened_at: datetime, number: int, hours: int) -> None:
    assert office.add_days(opened_at, number) < office.add_days(opened_at, number + 1)
    assert office.add_hours(opened_at, hours) < office.add_hours(opened_at, hours + 1)
    ends_at = office.add_days(opened_at, number)
    assert ends_at == office.closes_at(office.local_date(ends_at))


@given(offices, days)
def test_which_rule_speaks_for_a_day(office: OfficeHours, on: date) -> None:
    calendar = office.calendar
    if on in office.added:
        assert not office.is_working_day(on)
    elif on in calendar.half_days:
        assert office.closes_at(on) == office.at(on, time(12, 0))
    elif on not in office.removed and any(one.include(on) for one in calendar.closing_days):
        assert not office.is_working_day(on)
        assert office.holiday_name(on) is not None
    elif office.is_working_day(on):
        in_season = any(
            WEEKDAYS[on.weekday()] in one.hours
            for one in calendar.seasons
            if one.first_on <= on <= one.last_on
        )
        assert on.weekday() < 5 or in_season


@given(offices, instants, reminds, clocks)
def test_the_same_after_a_restart(
    office: OfficeHours, due_at: datetime, wanted: list[Remind], clock: Clock
) -> None:
    again = OfficeHours(office.calendar, office.timezone, office.added, office.removed)
    assert reminder_times(wanted, due_at, clock, office) == reminder_times(wanted, due_at, clock, again)
