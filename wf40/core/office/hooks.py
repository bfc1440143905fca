"""What the office's own settings add to the whole."""
