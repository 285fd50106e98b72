"""Asking: the guard, the library of named queries, the formats of answers."""
