"""What mailings add to the whole."""
