"""How far one tap on "Selesai" walks through our files: traced, not read."""

from tests.support.town import Town
from tests.support.traced_tap import trace_selesai

FILES_MAX = 25
RETURNS_MAX = 204  # the aim is 60
CLIMBS_MAX = 2


async def test_a_tap_on_selesai_runs_few_files(town: Town) -> None:
    town.store.past = None  # what is copied would be looked up anew by this tap
    trace = await trace_selesai(town)
    assert "handlers/tasks/confirm.py" in trace.files
    assert len(trace.files) <= FILES_MAX, str(trace)
    assert trace.returns <= RETURNS_MAX, str(trace)
    assert trace.climbs <= CLIMBS_MAX, str(trace)
