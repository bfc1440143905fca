"""Signals: dated, sourced observations about a firm that raise its risk for a while, until a date, or until resolved."""
