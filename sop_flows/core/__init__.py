"""Find and lock runs, tasks, parts and versions; hold the institution, states, the journal and results."""
