"""Verlauf: one history of a firm, gathered from all slices and plugins. It stores nothing of its own."""
