"""The roles of the office, for ``Permission.roles``."""

LEAD = "lead"
ADVISOR = "advisor"
ASSISTANT = "assistant"
READER = "reader"
PRIVACY = "privacy"
ADMIN = "admin"

READERS = frozenset({LEAD, ADVISOR, ASSISTANT, READER})
"""Everybody who sees the office's daily work. Administration and data protection are kept out of it on purpose."""
WRITERS = frozenset({LEAD, ADVISOR, ASSISTANT})
ADVISORS = frozenset({LEAD, ADVISOR})
