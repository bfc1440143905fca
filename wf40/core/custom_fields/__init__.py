"""Weitere Angaben: fields that an office adds to its firms without code, and their values."""
