"""The routes of this room, merged."""

from handlers.rolls import (
    arrival,
    home_visit,
    roll,
    roll_day,
    roll_list,
    roll_many,
    roll_reasons,
    roll_words,
    visit_moves,
    weigh_after,
    weigh_in,
    weigh_typed,
)
from handlers.ui.routing import merge

ROUTES = merge(
    arrival.ROUTES,
    home_visit.ROUTES,
    roll.ROUTES,
    roll_day.ROUTES,
    roll_list.ROUTES,
    roll_many.ROUTES,
    roll_reasons.ROUTES,
    roll_words.ROUTES,
    visit_moves.ROUTES,
    weigh_after.ROUTES,
    weigh_in.ROUTES,
    weigh_typed.ROUTES,
)
