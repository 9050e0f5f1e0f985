"""Enrolling, inviting and removing officers."""
