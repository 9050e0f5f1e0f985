"""A task on one screen: its card, the card of a day, its photos, and what stands there once it is done."""
