"""Open, keep, hand over and close shelter cases."""
