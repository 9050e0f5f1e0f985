"""Declared limits, each with its unit and reason."""

MAX_TASKS_AHEAD = 2  # occurrences of a recurring step that exist before their day
UNDO_MINUTES = 10  # how long a confirmation can be undone
INVITATION_DAYS = 7  # how long an invitation code can be used
WRONG_CODES_PER_HOUR = 5  # tries of a chat before it is told to wait
NOTE_MAX_CHARACTERS = 2000  # a note or form answer; longer ones are asked to be shortened
VOICE_MAX_MINUTES = 5  # of a spoken answer: nobody listens to more
MAX_CHILDREN = 300  # of one roster: an angkatan has about 60
BACKDATE_DAYS = 60  # how far back the work may be dated: an angkatan and its preparation
SNOOZE_DAYS = 60  # how far "Ingatkan lagi" may put a reminder off: beyond an angkatan it would be forgotten
LONG_STEP_DAYS = 7  # of a step of a case: its officer is told of its beginning, for it is in no list of today
MAX_OPENINGS = 200  # steps opened by one event; a declaration that loops ends here with an error
LEAVE_BACK_DAYS = 31  # how long ago a leave may have begun that is still going on: somebody fell ill
LEAVE_AHEAD_DAYS = 366  # how far ahead a leave may end
