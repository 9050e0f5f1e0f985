"""Do what officers do: one file a verb, and what follows from it."""
