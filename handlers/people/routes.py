"""The routes of this room, merged."""

from handlers.people import officers, start
from handlers.ui.routing import merge

ROUTES = merge(officers.ROUTES, start.ROUTES)
