"""Rolls of children, weigh-ins and home visits, child by child or many lines at once."""
