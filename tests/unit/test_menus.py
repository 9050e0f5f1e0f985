"""The reply keyboard and the command menu offer only what is answered."""

import itertools

import pytest

from handlers.routes import COMMANDS, MENU_WORDS
from handlers.ui.menus import commands_for, menu_for
from handlers.ui.words import _
from sop_flows.declarations.loader import load_pack
from sop_flows.packs import find_pack

PACK = load_pack(find_pack("rppsa_putra_utama"))
ROLES = [
    (),
    ("kepala",),
    ("tu",),
    ("penyantunan",),
    ("bimbingan",),
    ("peksos",),
    ("guru",),
    ("perawat",),
    ("tu", "peksos"),
]
EVERYBODY = list(itertools.product(ROLES, (False, True), (False, True)))


@pytest.mark.parametrize(("roles", "is_head", "is_admin"), EVERYBODY)
def test_every_word_and_command_has_an_answer(roles: tuple[str, ...], is_head: bool, is_admin: bool) -> None:
    answered = {_(word) for word in MENU_WORDS}
    words = [word for row in menu_for(PACK, roles, is_head=is_head, is_admin=is_admin) for word in row]
    assert len(words) == len(set(words)) == 4
    assert set(words) <= answered
    commands = [name for name, _text in commands_for(PACK, roles, is_head=is_head, is_admin=is_admin)]
    assert set(commands) <= set(COMMANDS)
    assert ("petugas" in commands) is is_admin
