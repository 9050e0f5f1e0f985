"""The routes of this room, merged."""

from handlers.cases import (
    case_data,
    case_list,
    case_moves,
    case_page,
    case_phones,
    case_status,
    monthly_card,
    open_case,
    services_card,
)
from handlers.ui.routing import merge

ROUTES = merge(
    case_data.ROUTES,
    case_list.ROUTES,
    case_moves.ROUTES,
    case_page.ROUTES,
    case_phones.ROUTES,
    case_status.ROUTES,
    monthly_card.ROUTES,
    open_case.ROUTES,
    services_card.ROUTES,
)
