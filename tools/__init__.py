"""Commands for developers: checks, generated files, pins. Nothing here is shipped."""
