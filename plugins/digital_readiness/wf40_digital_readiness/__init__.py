"""Readiness checks for firms: `checks` is the pure engine, `content` the shipped questions and measures as YAML."""
