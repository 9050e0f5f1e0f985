"""Plan anew what is not done when dates or the calendar moved."""
