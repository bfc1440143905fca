"""Tables for spreadsheets of exactly what a list shows."""
