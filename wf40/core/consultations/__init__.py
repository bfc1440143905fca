"""Gespräche & Besuche: what was talked about with a firm. Confidential content is read by two persons only."""
