"""What an officer does, one file per action: reads the words or the tap, calls the rules, returns the reply."""
