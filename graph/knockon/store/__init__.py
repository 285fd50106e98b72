"""Stores of quads, in memory and in a folder."""
