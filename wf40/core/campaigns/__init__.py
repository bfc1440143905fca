"""Aktionen: reaching out to many firms at once, each through a person of its own."""
