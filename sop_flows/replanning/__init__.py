"""Planning anew what is not done yet: the dates of a stay moved, or the calendar of the office changed."""
