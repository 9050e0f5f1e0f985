"""The routes of this room, merged, and the question of all forms with the buttons that go on with it."""

from handlers.cards import attachments
from handlers.forms import answering, origins, saving, viewing
from handlers.forms.sheets import TOPIC
from handlers.rolls import home_visit, visit_moves
from handlers.ui.conversation import Life
from handlers.ui.request import About
from handlers.ui.routing import Routes, merge

OWN = merge(answering.ROUTES, saving.ROUTES, viewing.ROUTES)
BUTTONS = frozenset({*merge(OWN, home_visit.ROUTES, visit_moves.ROUTES).presses, *attachments.BELOW})
QUESTION = answering.FormQuestion(answering.on_answer, life=Life.WAITS, buttons=BUTTONS)
ROUTES = merge(
    OWN, origins.ROUTES, Routes(About.TASK, topics={TOPIC: QUESTION}, file_topics=frozenset({TOPIC}))
)
