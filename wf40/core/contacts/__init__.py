"""Ansprechpersonen: the people of firms, how they may be reached, and what they agreed to. Nothing private enters."""
