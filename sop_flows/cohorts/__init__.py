"""Angkatan: opening and ending, the roster, who belongs and until when."""
