"""What is to come: the next seven days with what an officer may choose about them, and when a reminder comes and why."""
