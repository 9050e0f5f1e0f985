"""Tasks: the list, where everything stands, and what the buttons of a card do."""
