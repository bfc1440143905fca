"""Musterhausen, the fictional town of the demo: generated, seeded, the same every time. Nothing in it is real."""
