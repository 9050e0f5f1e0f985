"""Who is who is looked up once in a work, and again once people were written to."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sop_flows.calendar.dates import OfficeHours
from sop_flows.core.work import Institution, Work
from sop_flows.staffing.roster import enrolled
from storage.cabinet import Cabinet
from storage.engine import Store
from storage.types import Keyring
from tests.support.builders import build_officer
from tests.support.database import SECRET
from tests.support.packs import real_pack

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> Institution:
    pack = real_pack()
    office = OfficeHours.of(pack.unit, {}, ())
    return Institution(pack=pack, office=office, cabinet=Cabinet(tmp_path, Keyring([SECRET])))


def test_it_is_looked_up_once_also_at_another_moment_and_by_another_officer(
    store: Store, house: Institution
) -> None:
    asked: list[int] = []
    with store.transaction() as s:
        work = Work(s, house, NOW)
        for same in (work, work.at(NOW.replace(hour=1)), work.by(build_officer(s))):
            same.once("a question", lambda: asked.append(1))
    assert len(asked) == 1


def test_an_officer_who_comes_is_seen_once_what_was_known_is_forgotten(
    store: Store, house: Institution
) -> None:
    with store.transaction() as s:
        work = Work(s, house, NOW)
        assert enrolled(work) == ()
        officer = build_officer(s)
        work.forget()
        assert enrolled(work) == (officer,)
        officer.removed_at = NOW
        work.forget()
        assert enrolled(work) == ()


def test_the_next_work_looks_anew(store: Store, house: Institution) -> None:
    with store.transaction() as s:
        assert enrolled(Work(s, house, NOW)) == ()
        build_officer(s)
        assert len(enrolled(Work(s, house, NOW))) == 1
