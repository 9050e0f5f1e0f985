"""A clock that was set back by days: the next morning is said, and none twice."""

from sqlmodel import col, select

from sop_flows.actions.assign import delegate
from sop_flows.notifications.planning import plan_everything, working
from storage.tables import Reminder, ReminderKind, ReminderState
from tests.support.institution import Home, local


def mornings(home: Home, state: ReminderState) -> list[str | None]:
    with home.reading() as s:
        rows = s.exec(
            select(Reminder)
            .where(
                Reminder.kind == ReminderKind.DIGEST,
                Reminder.officer_id == home.budi.id,
                Reminder.state == state,
            )
            .order_by(col(Reminder.due_at))
        ).all()
        return [local(row.due_at) for row in rows]


def says_what_is_due(home: Home) -> None:
    with home.store.transaction() as s:
        for row in s.exec(select(Reminder).where(Reminder.state == ReminderState.PENDING)).all():
            if row.due_at <= home.now:
                row.state, row.sent_at = ReminderState.SENT, home.now


def test_two_days_back_the_next_morning_stands_again(home: Home) -> None:
    home.it_is("2026-12-04 06.00")
    home.it_is("2026-12-02 06.00")
    assert "2026-12-02 07.30" in mornings(home, ReminderState.PENDING)


def test_a_morning_that_was_said_is_not_said_again(home: Home) -> None:
    home.it_is("2026-12-03 09.00")
    home.it_is("2026-12-04 07.30")
    says_what_is_due(home)
    home.it_is("2026-12-03 08.00")
    said = mornings(home, ReminderState.SENT)
    assert "2026-12-04 07.30" in said
    assert not set(said) & set(mornings(home, ReminderState.PENDING))


def test_who_is_put_in_charge_while_it_is_ahead_is_reminded_when_it_is_back(home: Home) -> None:
    """The lead of the weigh-in was past when Citra took it over, and is ahead again."""
    home.angkatan()
    home.it_is("2026-12-10 09.00")
    citra = home.officer("Citra", "penyantunan")
    weigh_in = home.task("9.2.15", 4, 1)
    home.tap(delegate, home.rahmat, weigh_in.id, citra)
    assert ("2026-12-10 07.30", "lead:1", "Citra") not in home.owed(weigh_in)
    home.it_is("2026-12-08 09.00")
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        plan_everything(work)
    assert ("2026-12-10 07.30", "lead:1", "Citra") in home.owed(weigh_in)
