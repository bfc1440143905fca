"""Verwaltung: plugins, outgoing mail, audit, condition of the system. No office data."""
