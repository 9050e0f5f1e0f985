"""Search and index the SOPs, and read days as officers type them: pure."""
