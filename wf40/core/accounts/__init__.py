"""Accounts of the office: units, people, roles, sign-in. Anything about who may do what enters here."""
