"""One file per command of `pandu`."""
