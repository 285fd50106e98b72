"""Engines beyond memory: the same models on tables, on one machine that has less memory, or on several machines."""
