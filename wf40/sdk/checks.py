"""What entered values must be; each check returns the stored form or refuses with a sentence in the office's words."""

from wf40.base.checks import Findings, email, line, lines, one_of, phone, spoken_phone, website, whole_number

__all__ = ["Findings", "email", "line", "lines", "one_of", "phone", "spoken_phone", "website", "whole_number"]
