"""The process: from the raw update to the answer, and reminders on their way."""
