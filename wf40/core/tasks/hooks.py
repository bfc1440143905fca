"""What tasks add to the whole."""
