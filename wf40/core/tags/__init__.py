"""Schlagwörter: short words that an office puts on firms to find them again."""
