"""The reply keyboard and the command menu: what each role uses most, in its own words."""

from collections.abc import Collection

from handlers.ui.words import _
from sop_flows.actions.start import by_hand, starters
from sop_flows.declarations.loader import Pack
from sop_flows.staffing.recorders import daily_roles, weighing_roles

Menu = tuple[tuple[str, ...], ...]


def keeping_roles(pack: Pack) -> frozenset[str]:
    """The roles whose officers have cases."""
    return frozenset() if pack.unit.case is None else frozenset({pack.unit.case.keeper})


def menu_for(pack: Pack, roles: Collection[str], *, is_head: bool, is_admin: bool) -> Menu:
    """The reply keyboard: four words in two rows. The words are routes of their own areas."""
    mine = set(roles)
    if mine & set(pack.unit.roles_that["answers_for_all"]):
        words = [_("Status"), _("My tasks"), _("Children"), _("Cases") if pack.unit.case else _("Help")]
    elif mine & weighing_roles(pack):
        words = [_("My tasks"), _("Weigh-in"), _("Children"), _("Status") if is_head else _("Help")]
    elif mine & set(pack.unit.roles_that["opens_cohorts"]) or (is_admin and not roles):
        words = [_("My tasks"), _("Cohorts"), _("Officers") if is_admin else _("Children"), _("Help")]
    elif mine & keeping_roles(pack):
        words = [_("My tasks"), _("Cases"), _("Children"), _("Status") if is_head else _("Help")]
    else:
        words = [_("My tasks"), _("Children"), _("Status") if is_head else _("SOP handbook"), _("Help")]
    return (tuple(words[:2]), tuple(words[2:]))


def commands_for(
    pack: Pack, roles: Collection[str], *, is_head: bool, is_admin: bool
) -> tuple[tuple[str, str], ...]:
    """The command menu of a chat, and what /bantuan says: (command, description). Nothing that is refused."""
    mine = set(roles)
    sees_all = bool(mine & set(pack.unit.roles_that["answers_for_all"]))
    commands = [("tugas", _("My tasks now"))]
    if mine & weighing_roles(pack):
        commands.append(("timbang", _("Weigh the children")))
    if mine & daily_roles(pack):
        commands.append(("piket", _("I am on duty")))
    commands += [
        ("anak", _("Find a child")),
        ("angkatan", _("The cohorts, their children and schools")),
        ("status", _("Where everything stands") if is_head or sees_all else _("Where my work stands")),
        *([("laporan", _("Papers and reports"))] if pack.papers.papers else []),
        ("sop", _("The SOP handbook")),
    ]
    if is_head or any(mine & starters(sop) for sop in by_hand(pack)):
        commands.append(("mulai", _("Start an SOP by hand")))
    commands += [
        ("kapan", _("Which reminders are coming, and why")),
        ("pengingat", _("Your reminders of the coming week")),
        ("cuti", _("Leave and deputies")),
    ]
    if pack.unit.case is not None and (mine & keeping_roles(pack) or is_head or sees_all):
        commands.insert(1, ("kasus", _("Shelter cases")))
    if is_admin:
        commands.append(("petugas", _("Invite and remove officers")))
    return (*commands, ("bantuan", _("Help")), ("batal", _("Stop the present question")))
