"""Rolls of children and weigh-ins, child by child or many lines at once."""
