"""Opening an angkatan, its roster and schools, and what was before Pandu."""
