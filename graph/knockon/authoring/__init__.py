"""Our own formats: YAML folders and CSV tables, with file and line in every error."""
