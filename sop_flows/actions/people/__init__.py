"""Invite, enrol and remove officers; note who can not be reached."""
