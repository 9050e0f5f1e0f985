"""When was and will be reminded of something, whom, and why then: past and coming in one list."""
