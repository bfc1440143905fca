"""Recognises organisations and persons again: names taken apart, keys that find candidates, an explained probability.

Pure functions on plain values: no Flask, no database. Who reads and stores them is the caller's business.
"""
