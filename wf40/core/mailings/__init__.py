"""Verteiler: lists of persons, written to by mail or letter, or taken out as a table."""
