"""Papers: what an officer would have to write by hand, drafted from what was confirmed; /laporan."""
