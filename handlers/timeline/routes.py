"""The routes of this room, merged."""

from handlers.timeline import new_plan, week, when
from handlers.ui.routing import merge

ROUTES = merge(new_plan.ROUTES, week.ROUTES, when.ROUTES)
