"""Questions to the tables. They return rows or small dataclasses; the caller owns the commit."""
