"""Tables and queries. Knows nothing of the rooms above; the caller owns the commit."""
