"""Tables of an office become firms: reading files nobody trusts, finding out what a column means, making values of text.

What concerns bringing data in from files enters; what a firm is lives in `firms`.
"""
