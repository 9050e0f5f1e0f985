"""A year of an institution lived at random: its people, its phones, its process that dies, and what must hold."""
