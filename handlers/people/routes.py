"""The routes of this room, merged."""

from handlers.people import leave_list, officers, record_leave, start
from handlers.ui.routing import merge

ROUTES = merge(leave_list.ROUTES, officers.ROUTES, record_leave.ROUTES, start.ROUTES)
