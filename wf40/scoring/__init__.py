"""The arithmetic of composite indicators: pure functions without I/O, clock or domain knowledge.

What enters here is general enough to recompute a published index; it imports nothing else of wf40.
"""
