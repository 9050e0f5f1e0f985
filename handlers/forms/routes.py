"""The routes of this room, merged."""

from handlers.forms import answering, saving, viewing
from handlers.ui.routing import merge

ROUTES = merge(answering.ROUTES, saving.ROUTES, viewing.ROUTES)
