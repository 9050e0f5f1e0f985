"""Rolls: an entry per child, records, weights, proposals."""
