"""Enrolling, inviting and removing officers; their leave, deputies, and for whom one deputises (/cuti)."""
