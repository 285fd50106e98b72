"""Readers of our own formats, YAML folders and tables, with file and line in every error."""
