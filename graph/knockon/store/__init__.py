"""Where quads live."""
