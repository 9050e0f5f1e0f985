"""Papers: whose they are, what stands on them, and the figures of a month."""

from datetime import date

import pytest
from sqlmodel import col, select

from sop_flows.actions.papers import give_number
from sop_flows.declarations.loader import Pack
from sop_flows.errors import NotFoundError, NotYoursError
from sop_flows.views.month import LEAST, month_figures
from sop_flows.views.papers import belonged, monthly_papers, paper_facts, paper_lines
from storage.queries.children import list_children
from storage.tables import Case, Child, Cohort, LeaveReason, Membership, Record, Task
from tests.support.institution import Home
from tests.support.packs import real_pack

NUMBERS = ("9.2.03", "9.2.04", "9.2.05", "9.2.06", "9.2.15")

DAYS = (
    (2026, 12, 3),
    (2026, 12, 31),
    (2027, 1, 20),
)  # of the third child the last, the departure, the final report


@pytest.fixture
def pack() -> Pack:
    """The arrival of the calendar that comes with Pandu, with its papers."""
    ours = real_pack()
    return Pack(ours.unit, {number: ours.sops[number] for number in NUMBERS}, ours.lines, papers=ours.papers)


def arrived(home: Home) -> Task:
    """Four children of two schools; one did not come, one went home on the third day. Returns the register's task."""
    home.everyone()
    home.angkatan(arrival="2026-12-01", children=4, schools=("SDN Rekaan 1", "SDN Rekaan 2"))
    home.it_is("2026-12-01 09.00")
    task = home.finish_until("9.2.05", 3)
    home.record(home.sari, task)
    home.it_is("2026-12-03 09.00")
    home.leaves(home.sari, 3)
    return home.task("9.2.05", 3)


def test_a_paper_is_for_the_section_of_its_step_and_the_heads(home: Home) -> None:
    register = arrived(home)
    with home.reading() as s:
        guru = home.officer("Guru", guru_of=s.get_one(Cohort, 1))
    with home.working(home.sari) as work:
        facts = paper_facts(work, home.sari, register, "buku_register")
        [sheet] = facts.sheets
        assert [one.child.number for one in sheet.children] == [1, 2, 3, 4]  # as it was registered
        assert dict(sheet.children[0].said[0][1]) == {"nomor_induk": "rekaan"}
        assert facts.schools == (("SDN Rekaan 1", "", 0, 2), ("SDN Rekaan 2", "", 2, 0))
        assert facts.part.by == "Sari"
        assert [one.name for one in paper_lines(work, home.sari, cohort=1)] == ["buku_register"]
        assert [one.name for one in paper_lines(work, home.dewi, cohort=1)] == []
        assert {one.name for one in paper_lines(work, home.kirana, cohort=1)} >= {
            "ba_penerimaan",
            "buku_register",
        }
        with pytest.raises(NotYoursError):
            paper_facts(work, home.dewi, register, "buku_register")
        with pytest.raises(NotFoundError):
            paper_facts(work, home.sari, register, "ba_penerimaan")
        assert paper_lines(work, guru, cohort=1) == ()
        assert monthly_papers(work, guru) == ()
        assert monthly_papers(work, home.kirana) == ("laporan_bulanan",)
        assert monthly_papers(work, home.dewi) == ("laporan_bulanan",)


def test_a_number_is_of_one_copy_and_can_be_put_right(home: Home) -> None:
    arrived(home)
    task = home.task("9.2.04", 1)
    with home.working(home.rahmat) as work:
        first, second = paper_facts(work, home.rahmat, task, "ba_penerimaan").sheets
        assert (first.name, first.number, second.number) == ("SDN Rekaan 1", "", "")
        give_number(work, task.id or 0, "ba_penerimaan", first.tag, "11/BA")
        give_number(work, task.id or 0, "ba_penerimaan", first.tag, "12/BA")
        first, second = paper_facts(work, home.rahmat, task, "ba_penerimaan").sheets
        assert (first.number, second.number) == ("12/BA", "")
        # two at once: what a colleague gave since is not replaced unseen, and is when it was seen
        assert give_number(work, task.id or 0, "ba_penerimaan", first.tag, "77", was="") == "12/BA"
        assert give_number(work, task.id or 0, "ba_penerimaan", first.tag, "77", was="12/BA") == "77"
        with pytest.raises(NotFoundError):
            give_number(work, task.id or 0, "ba_penerimaan", 99, "13/BA")
    with home.working(home.dewi) as work, pytest.raises(NotYoursError):
        give_number(work, task.id or 0, "ba_penerimaan", first.tag, "14/BA")


def test_the_figures_of_a_month_count_days_and_tell_no_small_number_of_cases(home: Home) -> None:
    arrived(home)
    home.it_is("2026-12-05 09.00")
    with home.working(home.kirana) as work:
        found = month_figures(work, date(2026, 12, 20))
        assert (found.first, found.last) == (date(2026, 12, 1), date(2026, 12, 5))
        assert found.children == 4
        assert found.days == 3 * 5 + 3  # 1 to 5 December, and one child to the third
        assert found.left_early == 1
        assert found.ages == [(None, 4)]
        assert found.cases == {"opened": 0, "closed": 0, "open": 0}
        for n in range(LEAST):
            case = Case(code_name=f"Kode {n}", opened_at=work.now, opened_by_id=1, peksos_id=1)
            work.session.add(case)
            work.session.flush()
            told = month_figures(work, date(2026, 12, 1)).cases
            assert told is not None
            assert told["open"] == (LEAST if n + 1 == LEAST else None)
        assert month_figures(work, date(2026, 11, 1)).children == 0


def test_the_list_of_weights_has_growth_where_age_and_height_are_known(home: Home) -> None:
    arrived(home)
    weighing = home.finish_until("9.2.06", 4)
    home.record(home.budi, weighing)
    with home.working(home.budi) as work:
        for number, height in ((1, 121), (2, 300)):
            child = home.child(number)
            work.session.get_one(Child, child.id).born_on = "2017-05-12"
            said: dict[str, object] = {"tinggi": height}
            work.session.add(
                Record(
                    task_id=weighing.id or 0, child_id=child.id, key="form", data=said, done_on=work.today,
                    recorded_at=work.now, officer_id=home.budi.id or 0, recorded_by_id=home.budi.id or 0,
                )
            )  # fmt: skip
        work.session.flush()
        facts = paper_facts(work, home.budi, home.task("9.2.06", 4), "daftar_timbang")
        [sheet] = facts.sheets
        first, second, *_others = sheet.children
        assert facts.weigh_days == (date(2026, 12, 3),)
        assert first.weights == [(date(2026, 12, 3), 23_500)]
        assert first.height_cm == 121
        assert first.growth is not None
        assert first.growth.nutrition == "good"
        assert (second.height_cm, second.growth) == (None, None)  # nobody is three metres tall
        assert facts.is_draft(sheet) == (facts.part.on is None)


def test_who_belonged_on_its_day_stands_on_a_paper_when_the_stay_is_over_too(home: Home) -> None:
    arrived(home)
    task = home.task("9.2.04", 1)
    with home.working(home.rahmat) as work:
        for held in work.session.exec(select(Membership).where(col(Membership.until_on).is_(None))):
            held.until_on, held.reason = date(2026, 12, 31), LeaveReason.ENDED
        work.session.flush()
        sheets = paper_facts(work, home.rahmat, task, "ba_penerimaan").sheets
        assert [one.child.number for sheet in sheets for one in sheet.children] == [1, 3, 2, 4]
        rows = {row.child.number: row for row in list_children(work.session, [1])}
        on = {day: [n for n, row in rows.items() if belonged(row, date(*day))] for day in DAYS}
        assert list(on.values()) == [[1, 2, 3, 4], [1, 2, 4], [1, 2, 3, 4]]
        rows[2].membership.reason = LeaveReason.CANCELLED
        assert not belonged(rows[2], date(2026, 12, 1))
