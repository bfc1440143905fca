"""Partnernetzwerk: who else helps firms, and with what. Only partners of the office enter, never firms as such."""
