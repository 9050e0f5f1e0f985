"""Shelter cases: opening, who sees what, the services that run for months, decisions, the end."""
