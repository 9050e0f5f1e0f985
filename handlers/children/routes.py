"""The routes of this room, merged."""

from handlers.children import child_leaves, child_records, children, corrections, incidents, portrait
from handlers.ui.routing import merge

ROUTES = merge(
    child_leaves.ROUTES,
    child_records.ROUTES,
    children.ROUTES,
    corrections.ROUTES,
    incidents.ROUTES,
    portrait.ROUTES,
)
