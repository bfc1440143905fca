"""Mein Tag, the first page of the day. Its boxes come from the ``dashboard_cards`` hook, the core's own too."""
