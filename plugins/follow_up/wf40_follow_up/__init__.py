"""wf40 plugin: rules that make sure nothing is forgotten, and the daily digest mail."""
