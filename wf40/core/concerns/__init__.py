"""Anliegen: what a firm needs, who looks after it, and to whom it was handed on."""
