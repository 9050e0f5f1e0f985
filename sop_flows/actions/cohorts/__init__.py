"""Open, change and end an angkatan; take its children in and let them go."""
