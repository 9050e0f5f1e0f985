"""Hypothesis: no deadline per example; the machine may be busy, and the first look at a year's holidays is slow."""

from hypothesis import settings

settings.register_profile("pandu", deadline=None)
settings.load_profile("pandu")
