"""The rules: which step is next, when it is due, who may do it. No Telegram here."""
