"""The routes of this room, merged."""

from handlers.cohorts import (
    add_children,
    before_pandu,
    cohort_cards,
    kabupaten,
    move_dates,
    open_cohort,
    retention,
)
from handlers.ui.routing import merge

ROUTES = merge(
    add_children.ROUTES,
    before_pandu.ROUTES,
    cohort_cards.ROUTES,
    kabupaten.ROUTES,
    move_dates.ROUTES,
    open_cohort.ROUTES,
    retention.ROUTES,
)
