"""Merges: two records of one firm become one, and can be separated again."""
