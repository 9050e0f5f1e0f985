"""What holds for the calendar whatever the day."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from sop_flows.calendar.dates import Anchors, OfficeHours, due_for, occurrences, start_on
from sop_flows.calendar.moments import QUIET_FROM, QUIET_UNTIL, after_quiet
from sop_flows.declarations.loader import load_pack
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Sop, Step
from sop_flows.declarations.timing import Every
from sop_flows.packs import find_pack

PACK = load_pack(find_pack("rppsa_putra_utama"))
OFFICE = OfficeHours.of(PACK.unit)
STEPS = [(sop, step) for sop in PACK.sops.values() for step in sop.asked_steps]

instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
hours = st.integers(0, 60)
offsets = st.builds(Offset, anchor=st.sampled_from(["arrival", "departure"]), days=st.integers(-40, 40))


@given(st.sampled_from(STEPS), instants, days, st.integers(14, 60))
def test_a_step_is_never_due_before_it_opens(
    pair: tuple[Sop, Step], opened_at: datetime, arrival: date, stay: int
) -> None:
    sop, step = pair
    anchors = Anchors(arrival=arrival, departure=arrival + timedelta(days=stay))
    begun, event = arrival + timedelta(days=1), arrival + timedelta(days=stay // 2)
    due = due_for(step, sop, opened_at, anchors.of_run(begun, event), OFFICE)
    assert due.at > opened_at
    assert due.at.utcoffset() == timedelta(0)


@given(instants, hours, hours)
def test_open_hours_add_up(opened_at: datetime, first: int, then: int) -> None:
    assert OFFICE.add_hours(OFFICE.add_hours(opened_at, first), then) == OFFICE.add_hours(
        opened_at, first + then
    )


@given(instants, instants, hours)
def test_what_opens_later_is_not_due_earlier(one: datetime, other: datetime, amount: int) -> None:
    earlier, later = sorted((one, other))
    assert OFFICE.add_hours(earlier, amount) <= OFFICE.add_hours(later, amount)
    assert OFFICE.add_days(earlier, amount + 1) <= OFFICE.add_days(later, amount + 1)


@given(instants, st.integers(1, 60))
def test_open_hours_end_while_the_office_is_open(opened_at: datetime, amount: int) -> None:
    ends_at = OFFICE.add_hours(opened_at, amount)
    on = OFFICE.local_date(ends_at)
    assert OFFICE.is_working_day(on)
    assert OFFICE.opens_at(on) < ends_at <= OFFICE.closes_at(on)
    assert ends_at - opened_at >= timedelta(hours=amount)


@given(instants, st.integers(1, 30))
def test_working_days_end_at_closing_time_of_a_working_day(opened_at: datetime, amount: int) -> None:
    ends_at = OFFICE.add_days(opened_at, amount)
    on = OFFICE.local_date(ends_at)
    assert ends_at == OFFICE.closes_at(on)
    first = OFFICE.local_date(opened_at) + timedelta(days=1)
    between = [first + timedelta(days=n) for n in range((on - first).days + 1)]
    assert sum(OFFICE.is_working_day(day) for day in between) == amount


@given(days)
def test_the_neighbours_of_a_day_are_working_days_around_it(on: date) -> None:
    before, after = OFFICE.previous_working_day(on), OFFICE.next_working_day(on)
    assert before <= on <= after
    assert OFFICE.is_working_day(before)
    assert OFFICE.is_working_day(after)
    assert (before == after) is OFFICE.is_working_day(on)


@given(days, st.sets(st.integers(-10, 10)))
def test_added_days_off_are_off_and_removed_ones_follow_the_week(on: date, around: set[int]) -> None:
    chosen = {on + timedelta(days=n): "Libur" for n in around}
    calendar = PACK.unit.calendar
    assert not any(OfficeHours(calendar, "Asia/Makassar", added=chosen).is_working_day(day) for day in chosen)
    opened = OfficeHours(calendar, "Asia/Makassar", removed=chosen)
    assert all(opened.is_working_day(day) is (day.weekday() < 5) for day in chosen)


@given(offsets, days, st.integers(1, 60))
def test_office_work_never_starts_on_an_off_day(offset: Offset, arrival: date, stay: int) -> None:
    departure = arrival + timedelta(days=stay)
    office_work = PACK.sops["9.2.09"]
    on = start_on(offset, Anchors(arrival=arrival, departure=departure), office_work, OFFICE)
    assert OFFICE.is_working_day(on) or on in (arrival, departure)  # then everybody works


@given(days, st.integers(1, 90), st.integers(1, 30), st.integers(1, 40))
def test_occurrences_lie_within_the_stay_on_their_grid(
    arrival: date, stay: int, every: int, first_at: int
) -> None:
    departure = arrival + timedelta(days=stay)
    grid = Every(days=every, first_at=first_at, until=Offset(anchor="departure"))
    found = occurrences(grid, Anchors(arrival=arrival, departure=departure))
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    for one in found:
        assert arrival <= one.opens_on <= one.due_on <= departure
        assert ((one.on - arrival).days - first_at) % every == 0
    if every > 1:
        assert all(one.due_on < departure for one in found)
    following = arrival + timedelta(days=first_at + len(found) * every)
    assert following > departure


@given(instants)
def test_nothing_is_said_in_quiet_hours_and_nothing_is_said_earlier(at: datetime) -> None:
    moved = after_quiet(at, OFFICE.zone)
    assert QUIET_UNTIL <= moved.astimezone(OFFICE.zone).time() < QUIET_FROM
    assert timedelta(0) <= moved - at <= timedelta(hours=10)
    assume(moved != at)
    assert moved.astimezone(OFFICE.zone).time() == QUIET_UNTIL
