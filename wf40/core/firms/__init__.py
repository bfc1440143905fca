"""Firms and what identifies them: names, legal forms, registers, sites. What belongs to one firm's master data enters."""
