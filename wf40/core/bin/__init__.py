"""Papierkorb: firms and persons that were entered by mistake, and what becomes of them."""
