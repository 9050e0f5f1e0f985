"""Escalation: a step that stays late is told to the kasi, then to the Kepala, until one of them takes it on.

Pure thresholds in `calendar/escalating.py`; the morning's list in `lists.py`, carried by the row of the digest; an
emergency has rows of its own, planned with the other reminders of its task. "Saya tangani" is in `acknowledging.py`.
"""
