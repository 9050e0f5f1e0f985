"""Whole lives on the simulator: an angkatan through the 35 SOPs of petirahan, a case through the 16 of perlindungan.

petirahan.yaml and perlindungan.yaml say, typed by hand from the reference, what must be offered to whom on which day.
"""
