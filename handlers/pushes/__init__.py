"""What the dispatcher says: reminders, digests and notices."""
