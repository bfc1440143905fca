"""The early warning: which firms disruptive change endangers most, why, and how sure that is."""
