"""Shelter cases: opening one, looking at one, who knows what, the services that run for months, decisions."""
