"""Record, excuse and close the entries of a roll."""
