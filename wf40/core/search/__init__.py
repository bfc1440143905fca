"""Finds records of every kind by any of their words, numbers and addresses."""
