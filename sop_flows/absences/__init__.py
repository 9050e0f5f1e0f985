"""Leave: who is away, who stands in, and what follows the stand-in for that long."""
