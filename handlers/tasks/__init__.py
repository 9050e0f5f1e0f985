"""Tasks: the list, the card and what its buttons do."""
