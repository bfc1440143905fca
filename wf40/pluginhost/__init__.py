"""Runs plugins: finds them, calls their hooks so that a fault stays theirs, switches and migrates them.

Knows hooks and states, no domain and no pages.
"""
