"""`pandu rekey`: everything stored is sealed and hashed anew under the first secret, while the bot runs."""

import json
import time
from collections.abc import Mapping
from itertools import count

import click
from sqlalchemy import select
from sqlmodel import Session, col

from bot.commands.options import institution, refuse
from bot.institution import Opened
from bot.receiver import chat_id_of, essence_of
from bot.settings import Settings, read_settings
from sop_flows.actions.cohorts.cohorts import name_key
from sop_flows.actions.people.invitations import CODE, code_key
from storage.rekey import Left, Rekey, Row, count_left, find_owner_key
from storage.tables import Account
from storage.types import Keyring, keyring_of
from storage.unit_lock import unit_lock

PAUSE_S = 0.2  # between two steps: officers who tap go first
SAID_EVERY = 10  # steps


@click.command("rekey")
@click.option("--pause", default=PAUSE_S, show_default=True, help="Seconds between two steps.")
def rekey_command(pause: float) -> None:
    """Seal and hash everything under PANDU_SECRET_KEY, so that PANDU_SECRET_KEY_OLD can be dropped.

    The bot goes on meanwhile, with both secrets. Killed or stopped, it goes on where it was when it is called again.
    """
    settings = read_settings()
    with institution() as opened:
        _look_at_owner(settings, opened)
        rekey = Rekey(opened.store, opened.house.cabinet, hashes_of, opened.now)
        said = ""
        for step in count(1):
            is_through = not rekey.step()
            until = rekey.finish() if is_through else None
            if is_through or step % SAID_EVERY == 0:
                before, said = said, progress(opened)
                if said != before:
                    click.echo(said)
            if is_through:
                break
            time.sleep(pause)
        key_id = opened.store.keyring.key_id
        click.echo(f"{rekey.renewed} rows and files are now under the key {key_id}, each bound to its row.")
        for name in sorted(rekey.unreadable):
            click.echo(f"! {name} can't be read with any of the secrets, and is left as it is", err=True)
        if until is not None:
            day = until.astimezone(opened.house.zone).date().isoformat()
            click.echo(
                f"Keep PANDU_SECRET_KEY_OLD until {day}: codes of invitations made before this version need it."
                " Then run this once more."
            )
        elif len(opened.store.keyring.key_ids) > 1:
            click.echo("PANDU_SECRET_KEY_OLD can be dropped: take it out, and restart the bot.")


def _look_at_owner(settings: Settings, opened: Opened) -> None:
    """A bot that does not know the new secret could read nothing of what is renewed."""
    with opened.store.reading() as s:
        key_id = find_owner_key(s)
    if key_id == opened.store.keyring.key_id:
        return
    lock = unit_lock(settings.database, settings.database_lock_url)
    is_free = lock.take()
    lock.release()
    if not is_free:
        refuse(f"the bot that runs writes with another secret ({key_id or 'unknown'}): restart it first", 1)


def progress(opened: Opened) -> str:
    """How far it is, in one line."""
    with opened.store.reading() as s:
        return left_line(count_left(s, opened.store.keyring, opened.house.cabinet))


def left_line(left: Left) -> str:
    """What is still under an earlier secret, or not bound to its row."""
    line = f"rekey: {left.left:,} of {left.rows:,} rows left"
    if left.left:
        line += f" ({left.old:,} under an earlier secret, {left.unbound:,} not bound)"
    return line + (f", {left.old_files:,} of {left.files:,} files" if left.old_files else "")


def hashes_of(s: Session, table: str, row: Row, clear: Mapping[str, str]) -> dict[str, str]:
    """What a row is looked up by, made anew from its cells."""
    ring = keyring_of(s.get_bind().dialect)
    if table == "accounts":
        return {"chat_key": ring.fingerprint(clear["chat_id"], "chat")}
    if table == "children":
        return {"name_key": name_key(s, clear["name"])}
    if table == "invitations":
        code = json.loads(clear["grant"]).get(CODE)
        return {} if code is None else {"code_key": code_key(s, code)}
    if table == "inbox":
        return _of_update(s, ring, row, clear)
    return {}


def _of_update(s: Session, ring: Keyring, row: Row, clear: Mapping[str, str]) -> dict[str, str]:
    """Of one that was handled only the chat is looked up, to know what an officer sees; it came from an account."""
    if "raw" in clear:
        raw = json.loads(clear["raw"])
        chat_id = chat_id_of(raw)
        chat = "" if chat_id is None else ring.fingerprint(str(chat_id), "chat")
        return {"identity": ring.fingerprint(essence_of(raw), "update"), "chat_key": chat}
    for chat_id_text in s.execute(select(col(Account.chat_id))).scalars():
        key = ring.fingerprint(chat_id_text, "chat")
        if row["chat_key"] in key.every:
            return {"chat_key": key}
    return {}
