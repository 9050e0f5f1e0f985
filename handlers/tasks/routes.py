"""The routes of this room, merged."""

from handlers.tasks import (
    attach,
    by_hand,
    confirm,
    daily,
    decide,
    delegate,
    my_tasks,
    obstacle,
    offers,
    parents_visit,
    reschedule,
    skip,
    snooze,
    status,
    take_on,
)
from handlers.ui.routing import merge

ROUTES = merge(
    attach.ROUTES,
    by_hand.ROUTES,
    confirm.ROUTES,
    daily.ROUTES,
    decide.ROUTES,
    delegate.ROUTES,
    my_tasks.ROUTES,
    obstacle.ROUTES,
    offers.ROUTES,
    parents_visit.ROUTES,
    reschedule.ROUTES,
    skip.ROUTES,
    snooze.ROUTES,
    status.ROUTES,
    take_on.ROUTES,
)
