"""Foundations that know no domain: database, unit of work, clock, outbox, mail, audit, errors, texts.

Enters only what every slice and every plugin needs and what would read the same in another product.
"""
