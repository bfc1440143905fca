"""Firms and persons that may stand twice in an office: found, shown beside each other, decided by a person."""
