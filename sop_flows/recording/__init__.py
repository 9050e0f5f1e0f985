"""Record what a step asks: entries of a roll, weights, proposals, requirements."""
