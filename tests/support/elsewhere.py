"""A fortnight of an institution as a process of its own, wherever its host says that it is; prints what was said."""

import asyncio
import json
import sys
from pathlib import Path

from sqlmodel import col, select

from storage.tables import Reminder
from tests.support.town import Town

NAMES = ("Pak Budi", "Bu Dewi", "Ibu Sari", "Bu Kirana")


async def live(database_url: str, folder: Path) -> dict[str, list[str]]:
    """Messages by officer, and when each reminder was due and sent (UTC); nobody does anything but go on leave."""
    town = Town(database_url, folder)
    town.clock.set("2026-10-23 08.00")  # before Europe and America leave their summer time
    await town.open()
    budi = await town.officer("Pak Budi", "penyantunan")
    await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    await town.officer("Ibu Sari", "peksos")
    await town.officer("Bu Kirana", "kepala", admin=True)
    await town.open_cohort(arrival="2026-10-26", children=4)
    await town.lives_until("2026-10-30 20.00")
    await budi.types("/cuti")
    await budi.taps("Catat cuti saya")
    await budi.types("31 oktober sampai 2 november")
    await budi.taps("Bu Dewi")
    await budi.taps("Catat")
    await town.lives_until("2026-11-05 12.00")
    said = {name: [screen.text for screen in town.person(name).screens] for name in NAMES}
    rows = town.rows(select(Reminder).where(col(Reminder.sent_at).is_not(None)).order_by(col(Reminder.id)))
    said["sent"] = [f"{row.due_at.isoformat()} {row.sent_at}" for row in rows]
    await town.close()
    return said


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(live(sys.argv[1], Path(sys.argv[2])))))
