"""Catalogues of the sentences that officers read."""
