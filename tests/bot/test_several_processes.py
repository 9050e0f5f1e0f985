"""Several processes on one database: the answers of a living one are left alone, those of a dead one are said."""

import os
import socket

from bot.outgoing import Address, pack_outgoing
from handlers.ui.reply import Say, reply
from storage.tables import InboxRow
from tests.support.person import Person
from tests.support.town import Town

NEVER_A_PROCESS = 2**22 + 1  # above Linux's highest process number


def unsaid(town: Town, person: Person, process: int) -> None:
    """An answer that the process has stored and not said yet."""
    address = Address(person.phone.id, by=f"{socket.gethostname()}:{process}:abcd")
    with town.store.transaction() as s:
        s.add(
            InboxRow(
                update_id=9_000_000 + process,
                identity=str(process),
                chat_key=town.store.keyring.fingerprint(str(person.phone.id), "chat"),
                received_at=town.clock.now(),
                handled_at=town.clock.now(),
                reply=pack_outgoing(address, reply(Say(f"dari proses {process}"))),
            )
        )


async def test_the_answer_of_a_living_process_is_left_to_it(any_town: Town) -> None:
    ani = await any_town.officer("Ani", role="perawat")
    unsaid(any_town, ani, os.getppid())
    assert await any_town.runtime.speaker.resume() == 0


async def test_the_answer_of_a_dead_process_is_said_once(any_town: Town) -> None:
    ani = await any_town.officer("Ani", role="perawat")
    unsaid(any_town, ani, NEVER_A_PROCESS)
    assert await any_town.runtime.speaker.resume() == 1
    assert await any_town.runtime.speaker.resume() == 0
    await any_town.runtime.speaker.finish()
    assert [s.text for s in ani.screens].count(f"dari proses {NEVER_A_PROCESS}") == 1
