"""Read, keep and record the answers of a form."""
