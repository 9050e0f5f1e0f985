"""What a pack declares: frozen models, and the loader that says precisely what is wrong. Pure but for reading files."""
