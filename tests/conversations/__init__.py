"""Conversations with the real bot on the simulator."""
