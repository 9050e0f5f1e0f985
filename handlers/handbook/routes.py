"""The routes of this room, merged."""

from handlers.handbook import browse, find, help, sop_page, step_page
from handlers.ui.routing import merge

ROUTES = merge(browse.ROUTES, find.ROUTES, help.ROUTES, sop_page.ROUTES, step_page.ROUTES)
