"""Let one step lead to the next: runs and steps open, recur, close and are withdrawn."""
