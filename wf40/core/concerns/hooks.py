"""What concerns add to the whole."""
