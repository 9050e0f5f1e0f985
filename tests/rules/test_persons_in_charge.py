"""Penanggung jawab: who is in charge of a step, and to whom it goes when nobody is."""

from dataclasses import replace

import pytest

from sop_flows.actions import offer
from sop_flows.actions.assign import delegate, take_duty
from sop_flows.actions.offer import HandoverRefusedError
from sop_flows.actions.people.enrolment import remove_officer, set_admin
from sop_flows.actions.people.roles import give_role
from sop_flows.actions.snooze import snooze
from sop_flows.declarations.loader import Pack
from sop_flows.errors import AlreadyDoneError, NotFoundError, NotYoursError
from storage.tables import Officer, Task
from tests.support.clocks import wita
from tests.support.institution import Home


def first_letter(home: Home) -> Task:
    """9.2.01 step 2, the first step of an angkatan, Seksi Penyantunan; open."""
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    return home.task("9.2.01", 2)


def test_the_only_member_is_in_charge(home: Home) -> None:
    """Rahmat is the kasi: the head is not counted as an ordinary member."""
    assert home.in_charge(first_letter(home)) == ("Budi", "sole")
    assert home.mine(home.budi) == [("9.2.01", 2)]
    assert home.mine(home.rahmat) == []


def test_with_two_members_nobody_is_and_both_see_it(home: Home) -> None:
    home.officer("Citra", "penyantunan")
    task = first_letter(home)
    assert home.in_charge(task) == (None, None)
    assert home.mine(home.budi) == [("9.2.01", 2)]


def test_who_takes_it_is_in_charge(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(citra, task)
    assert home.in_charge(task) == ("Citra", "taken")
    assert home.said(task) == [("taken", "Citra")]
    assert home.mine(citra) == [("9.2.01", 2)]
    assert home.mine(home.budi) == []


def test_a_colleague_was_first(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(citra, task)
    with pytest.raises(AlreadyDoneError) as refused:
        home.take(home.budi, task)
    assert (refused.value.state, refused.value.who) == ("taken", "Citra")
    with pytest.raises(AlreadyDoneError) as again:
        home.take(citra, task)
    assert again.value.state == "yours"


def test_taking_is_for_the_role(home: Home) -> None:
    home.officer("Citra", "penyantunan")
    task = first_letter(home)
    with pytest.raises(NotYoursError):
        home.take(home.sari, task)


def test_a_colleague_may_finish_what_another_took(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(citra, task)
    home.confirm(home.budi, task)
    assert home.said(task) == [("taken", "Citra"), ("done", "Budi")]


def test_the_kasi_names_who_is_in_charge_and_that_person_is_told(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.tap(delegate, home.rahmat, task.id, citra)
    assert home.in_charge(task) == ("Citra", "named")
    assert home.notices(citra) == ["assigned"]
    assert home.notices(home.rahmat) == []


def test_who_was_in_charge_hears_it_once(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(home.budi, task)
    home.tap(delegate, home.rahmat, task.id, citra)
    assert home.notices(home.budi) == ["given_away"]
    home.tap(delegate, home.rahmat, task.id, citra)
    assert home.notices(home.budi) == ["given_away"]
    home.tap(delegate, home.rahmat, task.id, home.rahmat)
    assert home.notices(citra)[-1] == "given_away"
    home.tap(delegate, home.rahmat, task.id, home.budi)
    assert home.notices(home.rahmat) == [], "who gives it away knows"


def test_the_person_in_charge_hands_it_to_a_colleague(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(home.budi, task)
    offered = home.tap(delegate, home.budi, task.id, citra)
    assert offered is not None
    assert home.in_charge(task) == ("Budi", "taken")
    home.tap(offer.accept, citra, offered.id)
    assert home.in_charge(task) == ("Citra", "named")
    assert home.said(task) == [("taken", "Budi"), ("delegated", "Citra")]


def test_nobody_hands_on_what_a_colleague_has_in_charge(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(citra, task)
    with pytest.raises(NotYoursError):
        home.tap(delegate, home.budi, task.id, home.budi)
    assert home.in_charge(task) == ("Citra", "taken")


def test_nothing_is_handed_to_another_role(home: Home) -> None:
    task = first_letter(home)
    with pytest.raises(NotYoursError):
        home.tap(delegate, home.rahmat, task.id, home.sari)
    assert home.in_charge(task) == ("Budi", "sole")


def test_the_kepala_may_name_somebody_in_every_section(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.tap(delegate, home.kirana, task.id, citra)
    assert home.in_charge(task) == ("Citra", "named")


def test_the_kasi_may_confirm_for_the_section_the_kepala_not(home: Home) -> None:
    task = first_letter(home)
    with pytest.raises(NotYoursError):
        home.confirm(home.kirana, task)
    home.confirm(home.rahmat, task)
    assert home.said(task) == [("done", "Rahmat")]


def test_a_kasi_alone_in_the_section_is_in_charge(empty_home: Home) -> None:
    home = empty_home
    home.officer("Rahmat", head="penyantunan")
    assert home.in_charge(first_letter(home)) == ("Rahmat", "sole")


# --- nobody in the role ---------------------------------------------------------------------------------


def test_nobody_in_the_role_it_is_left_to_the_kasi_who_answers_for_it(empty_home: Home) -> None:
    """Nurses answer to Penyantunan, guru to Bimbingan; Bag. TU to the Kepala."""
    home = empty_home
    home.everyone()
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    home.call(remove_officer, home.officer("Admin", admin=True), home.tari.id)
    home.confirm(home.budi, home.task("9.2.01", 2))
    for step in (3, 4, 5, 6):
        home.confirm(home.budi, home.task("9.2.01", step))
    home.confirm(home.budi, home.task("9.2.02", 2))
    task = home.task("9.2.02", 3)  # SK petugas: Bag. TU
    assert home.in_charge(task) == (None, None)
    assert ("9.2.02", 3) in home.mine(home.kirana)
    assert home.mine(home.budi) == []
    home.confirm(home.kirana, task)
    assert home.states("9.2.02")[4] == "open"


def test_nobody_in_the_role_and_no_kasi_it_is_left_to_the_kepala(empty_home: Home) -> None:
    home = empty_home
    kirana = home.officer("Kirana", "kepala")
    tari = home.officer("Tari", "tu", admin=True)
    task = first_letter(home)
    assert home.in_charge(task) == (None, None)
    assert home.mine(kirana) == [("9.2.01", 2)]
    assert home.mine(tari) == []


def test_nobody_at_all_it_is_left_to_the_admins(empty_home: Home) -> None:
    home = empty_home
    tari = home.officer("Tari", "tu", admin=True)
    sari = home.officer("Sari", "peksos")
    task = first_letter(home)
    assert home.mine(tari) == [("9.2.01", 2)]
    assert home.mine(sari) == []
    home.confirm(tari, task)
    assert home.said(task) == [("done", "Tari")]


def test_when_somebody_enrols_it_is_theirs(empty_home: Home) -> None:
    home = empty_home
    tari = home.officer("Tari", "tu", admin=True)
    task = first_letter(home)
    budi = home.officer("Budi", "penyantunan")
    assert home.in_charge(task) == ("Budi", "sole")
    assert home.mine(budi) == [("9.2.01", 2)]
    assert home.mine(tari) == []


def test_a_second_member_changes_nobodys_tasks(home: Home) -> None:
    task = first_letter(home)
    citra = home.officer("Citra", "penyantunan")
    assert home.in_charge(task) == ("Budi", "sole")
    assert home.mine(citra) == []
    home.confirm(home.budi, task)  # what opens from now on is free to take
    assert home.in_charge(home.task("9.2.01", 3)) == (None, None)


def test_the_kasi_is_asked_once_whether_to_divide(home: Home) -> None:
    first_letter(home)
    citra = home.officer("Citra", "peksos")
    home.tap(give_role, home.tari, citra.id, "penyantunan")
    assert home.notices(home.rahmat).count("joined") == 1
    assert "joined" not in home.notices(home.kirana)


def test_what_somebody_took_stays_theirs_when_a_colleague_comes(home: Home) -> None:
    home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(home.budi, task)
    home.officer("Dimas", "penyantunan")
    assert home.in_charge(task) == ("Budi", "taken")


def test_the_tasks_of_who_is_removed_go_to_who_is_left(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(citra, task)
    home.call(remove_officer, home.tari, citra.id)
    assert home.in_charge(task) == ("Budi", "sole")
    assert home.mine(home.budi) == [("9.2.01", 2)]


def test_an_admin_who_held_another_roles_task_and_is_removed_leaves_it_to_somebody(
    empty_home: Home,
) -> None:
    """There is always somebody: Penyantunan has nobody, Tari took its step, then Tari goes."""
    home = empty_home
    tari = home.officer("Tari", "tu", admin=True)
    other = home.officer("Umar", "tu", admin=True)
    task = first_letter(home)
    home.take(tari, task)
    assert home.in_charge(task) == ("Tari", "taken")
    home.call(remove_officer, other, tari.id)
    assert home.in_charge(task) == (None, None)
    assert home.mine(other) == [("9.2.01", 2)]


# --- the nurse ------------------------------------------------------------------------------------------


def weigh_in(home: Home) -> Task:
    """9.2.15 step 4 on day 10, open."""
    home.angkatan()
    home.it_is("2026-12-11 08.00")
    return home.task("9.2.15", 4, 1)


def test_with_a_nurse_the_weigh_in_is_hers_first(home: Home) -> None:
    ani = home.officer("Ani", "perawat")
    task = weigh_in(home)
    assert list(home.parts(task)) == ["penyantunan"]  # the executor of the document stays
    assert home.in_charge(task) == ("Ani", "sole")
    assert ("9.2.15", 4) in home.mine(ani)
    assert ("9.2.15", 4) not in home.mine(home.budi)


def test_penyantunan_may_finish_what_is_the_nurses(home: Home) -> None:
    home.officer("Ani", "perawat")
    task = weigh_in(home)
    home.record(home.budi, task)
    assert home.said(task) == [("done", "Budi")]


def test_with_two_nurses_either_may_take_it(home: Home) -> None:
    ani, eka = home.officer("Ani", "perawat"), home.officer("Eka", "perawat")
    task = weigh_in(home)
    assert home.in_charge(task) == (None, None)
    home.take(eka, task)
    assert home.in_charge(task) == ("Eka", "taken")
    assert ("9.2.15", 4) not in home.mine(ani)


def test_without_a_nurse_it_is_penyantunans(home: Home) -> None:
    task = weigh_in(home)
    assert home.in_charge(task) == ("Budi", "sole")


def test_when_the_nurse_goes_it_is_penyantunans_again(home: Home) -> None:
    ani = home.officer("Ani", "perawat")
    task = weigh_in(home)
    home.call(remove_officer, home.tari, ani.id)
    assert home.in_charge(task) == ("Budi", "sole")


def test_the_nurse_has_no_part_in_the_kitchen(home: Home) -> None:
    """She stands in for 9.2.06 step 4, 9.2.15 and 9.1.28 only."""
    ani = home.officer("Ani", "perawat")
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    with pytest.raises(NotYoursError):
        home.confirm(ani, home.task("9.2.12", 1))
    assert {sop for sop, _step in home.mine(ani)} == {"9.2.15"}


# --- duty -----------------------------------------------------------------------------------------------


def kitchen(home: Home) -> tuple[Officer, Task]:
    """Citra, a second member, and 9.2.12 step 3 on the day of arrival."""
    citra = home.officer("Citra", "penyantunan")
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    return citra, home.task("9.2.12", 3, 1)


def test_saya_piket_takes_the_days_card(home: Home) -> None:
    citra, task = kitchen(home)
    taken = home.tap(take_duty, citra, task.cohort_id)
    assert [t.step for t in taken] == [3, 4, 5, 6]
    assert {home.in_charge(home.task("9.2.12", step, 1)) for step in (3, 4, 5, 6)} == {("Citra", "duty")}
    assert home.in_charge(home.task("9.2.12", 1)) == (None, None)  # not of the card


def without_shifts(home: Home) -> None:
    """The unit of an institution that declares none."""
    ours = home.house.pack
    unit = ours.unit.model_copy(update={"shifts": ()})
    home.house = replace(home.house, pack=Pack(unit, ours.sops, ours.lines, ours.folder))


def test_the_duty_ends_with_the_shift_and_who_had_it_hears_so(home: Home) -> None:
    citra, task = kitchen(home)
    home.tap(take_duty, citra, task.cohort_id)
    home.it_is("2026-12-01 13.59")
    assert home.in_charge(task) == ("Citra", "duty")
    home.it_is("2026-12-01 14.00")
    assert {home.in_charge(home.task("9.2.12", step, 1)) for step in (3, 4, 5, 6)} == {(None, None)}
    assert home.notices(citra) == ["duty_over"]
    (row,) = [one for one in home.rows(None, citra) if one.rule == "duty_over"]
    assert (row.payload or {})["count"] == 4
    home.it_is("2026-12-02 08.00")  # nobody took it over: it is everybody's of the role
    assert home.in_charge(home.task("9.2.12", 3, 2)) == (None, None)
    assert ("9.2.12", 3) in home.mine(home.budi)
    assert home.notices(citra) == ["duty_over"]


def test_a_bot_that_was_off_ends_the_duty_at_its_time(home: Home) -> None:
    citra, task = kitchen(home)
    home.tap(take_duty, citra, task.cohort_id)
    home.it_is("2026-12-03 08.00")
    assert home.in_charge(task) == (None, None)  # of the first day, missed meanwhile
    assert home.in_charge(home.task("9.2.12", 3, 3)) == (None, None)
    assert home.notices(citra) == ["duty_over"]


def test_the_duty_of_a_night_is_of_both_days(home: Home) -> None:
    """At half past nine everything of the day is done: what opens at midnight is of this shift, and ends at 07.00."""
    citra, task = kitchen(home)
    home.it_is("2026-12-01 18.30")
    for step in (3, 4, 5, 6):
        home.confirm(home.budi, home.task("9.2.12", step, 1))
    home.it_is("2026-12-01 21.30")
    taken = home.tap(take_duty, citra, task.cohort_id)
    assert {one.occurrence for one in taken} == {2}
    home.it_is("2026-12-02 06.00")
    assert home.in_charge(home.task("9.2.12", 3, 2)) == ("Citra", "duty")
    home.it_is("2026-12-02 07.00")
    assert home.in_charge(home.task("9.2.12", 3, 2)) == (None, None)


def test_the_duty_goes_on_until_the_next_one_says_so(home: Home) -> None:
    without_shifts(home)
    citra, task = kitchen(home)
    home.tap(take_duty, citra, task.cohort_id)
    home.it_is("2026-12-03 08.00")
    assert home.in_charge(home.task("9.2.12", 3, 3)) == ("Citra", "duty")
    home.tap(take_duty, home.budi, task.cohort_id)
    home.it_is("2026-12-04 08.00")
    assert home.in_charge(home.task("9.2.12", 3, 4)) == ("Budi", "duty")


def test_the_duty_goes_on_when_everything_of_the_day_was_done(home: Home) -> None:
    without_shifts(home)
    citra, task = kitchen(home)
    home.tap(take_duty, citra, task.cohort_id)
    for step in (3, 4, 5, 6):
        home.confirm(citra, home.task("9.2.12", step, 1))
    home.it_is("2026-12-02 08.00")
    assert home.in_charge(home.task("9.2.12", 6, 2)) == ("Citra", "duty")


def test_saya_piket_ends_what_the_former_one_asked_for(home: Home) -> None:
    """Budi took the kitchen, put it off and offered it to Umar; it is Citra's now."""
    citra, task = kitchen(home)
    umar = home.officer("Umar", "penyantunan")
    home.take(home.budi, task)
    home.call(snooze, home.budi, task.id, None, wita("2026-12-01 09.00"))
    offered = home.tap(delegate, home.budi, task.id, umar)
    assert offered is not None
    home.tap(take_duty, citra, task.cohort_id)
    assert ("2026-12-01 09.00", "snooze", "Budi") not in home.owed(task)
    with pytest.raises(HandoverRefusedError):
        home.tap(offer.accept, umar, offered.id)


def test_who_was_named_for_a_day_keeps_it(home: Home) -> None:
    """The kasi gave tomorrow's kitchen check to Budi; that Citra is on duty today does not undo it."""
    without_shifts(home)
    citra, task = kitchen(home)
    home.tap(take_duty, citra, task.cohort_id)
    tomorrow = home.task("9.2.12", 5, 2)
    home.tap(delegate, home.rahmat, tomorrow.id, home.budi)
    home.it_is("2026-12-02 08.00")
    assert home.in_charge(tomorrow) == ("Budi", "named")
    assert home.in_charge(home.task("9.2.12", 3, 2)) == ("Citra", "duty")


def test_the_duty_ends_with_the_officer(home: Home) -> None:
    citra, task = kitchen(home)
    home.tap(take_duty, citra, task.cohort_id)
    home.call(remove_officer, home.tari, citra.id)
    home.it_is("2026-12-02 08.00")
    assert home.in_charge(home.task("9.2.12", 3, 2)) == ("Budi", "sole")


def test_saya_piket_is_for_who_has_daily_tasks(home: Home) -> None:
    _citra, task = kitchen(home)
    with pytest.raises(NotYoursError):
        home.tap(take_duty, home.sari, task.cohort_id)


def test_saya_piket_before_the_arrival_finds_nothing(home: Home) -> None:
    cohort = home.angkatan()
    home.it_is("2026-11-20 08.00")
    with pytest.raises(NotFoundError):
        home.tap(take_duty, home.budi, cohort.id)


def test_a_new_admin_answers_where_nobody_else_does(empty_home: Home) -> None:
    home = empty_home
    tari = home.officer("Tari", "tu", admin=True)
    umar = home.officer("Umar", "tu")
    task = first_letter(home)
    home.call(set_admin, tari, umar.id, True)
    with home.reading() as s:
        umar = s.get_one(Officer, umar.id)
    home.call(set_admin, umar, tari.id, False)
    assert home.mine(umar) == [("9.2.01", 2)]
    home.confirm(umar, task)
