"""Viele Unternehmen auf einmal ändern: shown before, worked off in parts, taken back as a whole."""
