"""Wiedervorlagen: dated things that somebody of the office must do."""
