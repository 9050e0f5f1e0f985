"""Find and lock runs, tasks, parts and versions; hold the institution, effects and results."""
