"""The routes of this room, merged."""

from handlers.leave import leave_list, record_leave
from handlers.ui.routing import merge

ROUTES = merge(leave_list.ROUTES, record_leave.ROUTES)
