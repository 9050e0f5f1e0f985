"""A form answered question by question, for a child of a roll or for the step itself."""
