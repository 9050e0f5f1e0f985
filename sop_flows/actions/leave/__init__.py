"""Write leave down, begin and end it, and move what it moves."""
