"""The routes of this room, merged."""

from handlers.cards import photos
from handlers.ui.routing import merge

ROUTES = merge(photos.ROUTES)
