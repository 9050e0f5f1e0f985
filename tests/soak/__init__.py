"""What takes long, at a size that an institution will never have: `make soak`. Figures are printed."""
