"""What all lists share: columns, counting, saved views."""
