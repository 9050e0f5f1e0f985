"""The routes of this room, merged."""

from handlers.cards import attachments
from handlers.ui.routing import merge

ROUTES = merge(attachments.ROUTES)
