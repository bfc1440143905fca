"""What campaigns add to the whole."""
