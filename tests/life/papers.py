"""Every paper that a lived angkatan or case leaves behind, drawn from what was confirmed."""

from bot.typesetting import typeset
from handlers.papers.paper_values import values_of
from sop_flows.core.work import Work
from sop_flows.views.papers import paper_facts, paper_lines
from storage.tables import Officer
from tests.support.person import Person
from tests.support.town import Town


def drawn(
    town: Town, reader: Person, *, cohort: int | None = None, case: int | None = None
) -> dict[str, int]:
    """By its name, how many children stand on it. Each of them is one of a step that is done, and a PDF."""
    pack, found = town.house.pack, {}
    assert pack.folder is not None
    with town.store.transaction() as s:
        officer = s.get_one(Officer, reader.id)
        work = Work(s, town.house, town.clock.now(), officer, 1)
        for line in paper_lines(work, officer, cohort=cohort, case=case):
            assert line.is_ready, line.name
            facts = paper_facts(work, officer, line.task, line.name)
            values = values_of(pack, facts, officer.name, work.today)
            template = pack.folder / "papers" / pack.papers.template_of(line.name)
            assert typeset(template, values, "pdf")[:5] == b"%PDF-", line.name
            found[line.name] = sum(len(sheet.children) for sheet in facts.sheets)
        s.rollback()
    return found
