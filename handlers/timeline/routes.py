"""The routes of this room, merged."""

from handlers.timeline import week, when
from handlers.ui.routing import merge

ROUTES = merge(week.ROUTES, when.ROUTES)
