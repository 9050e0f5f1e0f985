"""Home visits and the parents' visit."""
