"""Evidence with one thing wrong in it: whoever judges must notice each."""

from collections.abc import Iterator
from dataclasses import replace

from storage.tables import ConfirmationKind
from tests.faults.evidence import Evidence
from tests.faults.telegram import SHOWS, Arrival
from tests.faults.verdict import planned_at


def _is_owed_once(seen: Evidence, push: Arrival) -> bool:
    """Whether it carries what is on the list, and nothing that came with another message too."""
    rows = [seen.reminders[number] for number in push.reminders]
    owed = {(one.name, one.kind, one.at) for one in seen.owed if one not in seen.void}
    again = sum(not set(one.reminders).isdisjoint(push.reminders) for one in seen.arrivals)
    is_owed = any((seen.names[row.officer_id], row.kind, planned_at(row)) in owed for row in rows)
    return again == 1 and is_owed


def forged(seen: Evidence) -> Iterator[tuple[str, Evidence]]:
    """What was done to it, and the forged evidence."""
    push = next(one for one in seen.arrivals if one.method == "sendMessage" and _is_owed_once(seen, one))
    others = tuple(one for one in seen.arrivals if one is not push and one.reminders != push.reminders)
    yield "a push is lost", replace(seen, arrivals=others)
    yield "a push is early", replace(seen, arrivals=(replace(push, at=push.at - 3600), *seen.arrivals))
    yield "a push comes twice", replace(seen, arrivals=(push, *seen.arrivals))
    dead = replace(push, process=-1)
    next_one = next(one for one in others if one.reminders and one.chat_id == push.chat_id)
    yield (
        "one officer gets two doubles after one kill",
        replace(seen, arrivals=(dead, replace(next_one, process=-1), *seen.arrivals)),
    )
    yield (
        "a push is not on the list",
        replace(seen, owed=tuple(one for one in seen.owed if one.kind != "due")),
    )
    row = next(
        row
        for row, update_id in seen.update_of_row.items()
        if update_id == next(s for s in seen.sent if s.tap is None).update_id
    )
    unsaid = tuple(one for one in seen.arrivals if one.inbox_row != row or one.method not in SHOWS)
    yield "a message is not answered", replace(seen, arrivals=unsaid)
    rows = {number: update_id for number, update_id in seen.update_of_row.items() if number != row}
    yield "a message is lost", replace(seen, update_of_row=rows)
    done = next(one for one in seen.confirmations if one.kind == ConfirmationKind.DONE)
    without = tuple(one for one in seen.confirmations if one is not done)
    yield "a confirmation is lost", replace(seen, confirmations=without)
    yield "a confirmation stands twice", replace(seen, confirmations=(*seen.confirmations, done))
