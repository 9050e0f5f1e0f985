"""The routes of this room, merged."""

from handlers.papers import month, papers
from handlers.ui.routing import merge

ROUTES = merge(month.ROUTES, papers.ROUTES)
