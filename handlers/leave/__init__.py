"""/cuti: leave, stand-ins, and for whom one stands in."""
