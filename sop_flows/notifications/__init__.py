"""Owe messages: reminders, digests, notices to others, quiet hours."""
