"""SPARQL queries before they run: tokens, the guard, syntax errors, limits."""
