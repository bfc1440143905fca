"""Measures wf40 through HTTP and the command line, each figure beside the bare SQL of the same run. Not part of a wheel."""
