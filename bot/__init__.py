"""The process: the only room with a clock, a token and a network."""
