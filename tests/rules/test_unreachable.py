"""An officer who had blocked the bot and can be reached again: what is over or was moved meanwhile is not said."""

from sop_flows.actions.people.unreachable import note_reached, note_unreachable
from sop_flows.notifications.planning import plan_task, working
from storage.queries.accounts import find_account_of
from storage.tables import Officer, ReminderState, Task
from tests.support.institution import Home


def refused_in_the_morning(home: Home) -> Task:
    """The lead of the weigh-in of 11 December could not be said to Budi."""
    home.angkatan()
    home.it_is("2026-12-10 07.30")
    weigh_in = home.task("9.2.15", 4, 1)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        for row in home.rows(weigh_in, home.budi):
            if row.rule == "lead:1":
                row.state, row.error = ReminderState.FAILED, "Forbidden: bot was blocked by the user"
                s.add(row)
        note_unreachable(work, s.get_one(Officer, home.budi.id))
    assert "lead:1" not in [rule for _at, rule, _who in home.owed(weigh_in)]
    return weigh_in


def is_back(home: Home, at: str = "2026-12-10 10.00") -> None:
    home.it_is(at)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        note_reached(work, s.get_one(Officer, home.budi.id))
        account = find_account_of(s, home.budi.id or 0)
        assert account is not None
        assert account.blocked_at is None


def test_what_still_holds_is_owed_again(home: Home) -> None:
    weigh_in = refused_in_the_morning(home)
    is_back(home)
    assert ("2026-12-10 07.30", "lead:1", "Budi") in home.owed(weigh_in)


def test_what_is_done_meanwhile_is_not_owed_again(home: Home) -> None:
    weigh_in = refused_in_the_morning(home)
    home.it_is("2026-12-11 09.00")
    home.record(home.budi, weigh_in)
    is_back(home, "2026-12-11 10.00")
    assert home.owed(weigh_in) == []


def test_of_a_date_that_moved_meanwhile_the_old_one_is_not_said(home: Home) -> None:
    weigh_in = refused_in_the_morning(home)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        task = s.get_one(Task, weigh_in.id)
        assert task.due_at is not None
        task.due_at = home.house.office.at(home.house.today(task.due_at).replace(day=16), home.now.time())
        s.flush()
        plan_task(work, task)
    is_back(home)
    assert [at for at, rule, who in home.owed(weigh_in) if (rule, who) == ("lead:1", "Budi")] == [
        "2026-12-15 07.30"
    ]
